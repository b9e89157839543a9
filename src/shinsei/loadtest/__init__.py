"""Load tests: an open model of arrivals, what it measured, and the search for the highest rate that is sustained.

Nothing here waits by itself or knows a generator: clocks, pauses and slots are handed in. The generator that runs it
under Locust stands in ``loadtest/`` at the top of the repository.
"""
