"""How advice on linkage methods (付録2) is asked of a scenario, and told: words, a picture, a page, JSON."""
