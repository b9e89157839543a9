"""The report of a season: one HTML file that opens offline, prints on A4 and reads in two languages."""
