"""The portal, the linkage server's own PostgreSQL database with its outbox, and the payload store."""
