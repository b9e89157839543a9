"""Shinsei: the online-application flow of Japanese municipalities, simulated on real parts."""
