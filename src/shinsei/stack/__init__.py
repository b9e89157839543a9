"""The local stack: Kafka, PostgreSQL and the services as child processes of one supervisor.

It exists so that one command brings up the real parts on a machine without containers, and leaves nothing behind.
"""
