"""The report of a load test: one page that opens anywhere, in the style of the season's report."""
