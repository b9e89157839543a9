"""The whole story of one case: what happened, what it waited for, which messages carried it, where the time went."""
