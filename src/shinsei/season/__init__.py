"""A season on the live stack: drive it, collect what it left behind, compare the methods, report."""
