"""`ClusterUnavailable`: there is nobody to grade a class."""

from __future__ import annotations


class ClusterUnavailable(RuntimeError):  # noqa: N818 - the name says it already
    """No scheduler answers where one was expected, or nobody works there; the message says it."""
