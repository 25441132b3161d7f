"""What a file from Moodle is refused with."""

from __future__ import annotations


class MoodleFileError(Exception):
    """A file cannot be used as it is; the message is one line for whoever gave it."""
