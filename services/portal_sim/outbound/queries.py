"""The statements of ``queries.sql`` by name."""

from shinsei.runtime.postgres import load_queries

SQL = load_queries("portal_sim")
