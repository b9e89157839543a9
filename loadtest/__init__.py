"""The generator: Locust with an open model. What it measures and asks is in ``shinsei.loadtest``."""
