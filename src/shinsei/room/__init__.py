"""The operations room: one page that says whether the season is safe, where the queue stands, and what to do."""
