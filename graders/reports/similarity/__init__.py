"""Submissions that are alike as few others are: something to look at."""
