"""The page of a plan, in the design of a season's report."""
