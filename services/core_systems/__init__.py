"""The core systems (基幹システム), the resident registry and the offices that work with them."""
