"""The statements of ``queries.sql`` by name."""

from shinsei.runtime.queries import load_queries

SQL = load_queries("portal_sim")
