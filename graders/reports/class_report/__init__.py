"""The class report: one page, and the same results as JSON and CSV."""
