"""Measurements. How fast the model is beside two general simulators stands in ``docs/performance.md``."""
