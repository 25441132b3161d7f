"""The commands of `graders`, a file for each that is more than a few lines."""
