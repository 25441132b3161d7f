"""The page that gives a student back a marked notebook: marks, reasons, what was understood."""
