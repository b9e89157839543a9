"""The command line: ``shinsei``."""
