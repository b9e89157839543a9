"""The portal's own PostgreSQL database, and the file of its clients."""
