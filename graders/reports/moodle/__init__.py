"""What goes to Moodle and comes from it: worksheets, submissions, feedback, as data."""
