"""The portal's gRPC services: for applicants, for municipalities, for the driver of a run, for the ledger."""
