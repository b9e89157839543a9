"""The pure model: everything that decides a simulated time. Standard library only, synchronous, deterministic."""
