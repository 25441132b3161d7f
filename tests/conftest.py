"""How `make test` shares the tests between two processes, and how each of them ends."""

from __future__ import annotations

import gc
import sys
from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begun last, the whole class on the full MNIST would keep one process busy, the other idle."""
    items.sort(key=lambda item: item.get_closest_marker("full_mnist") is None)


class _ByFolder(LoadScopeScheduling):
    """A folder's tests stay in one process, for they share what was made once."""

    def _split_scope(self, nodeid: str) -> str:
        return str(PurePosixPath(nodeid.split("::", maxsplit=1)[0]).parent)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFolder:
    return _ByFolder(config, log)


def pytest_sessionfinish() -> None:
    """Ends the workshops that nbgrader's ways have opened in this process, for its lifetime.

    xdist kills a process that takes more than ten seconds to end, and their files would stay.
    """
    known = sys.modules.get("graders.grading.workshop")
    if known is not None:
        for found in [one for one in gc.get_objects() if type(one) is known.Workshop]:
            found.close()
