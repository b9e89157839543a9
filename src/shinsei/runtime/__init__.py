"""How a service runs: settings, lifespan, RPC, Kafka, PostgreSQL, outbox, clock, observability.

Everything that touches the machine is here, so that handlers and the domain are left with decisions only. Importing
any of these modules opens nothing.
"""
