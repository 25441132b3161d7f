"""How `make test` shares the tests between two processes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from xdist.scheduler import LoadScopeScheduling

# Begun last, it would keep one process busy for minutes and the other idle.
LONGEST = Path(__file__).parent / "end_to_end"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest folder first, the others in their order."""
    items.sort(key=lambda item: item.path.parent != LONGEST)


class _ByFolder(LoadScopeScheduling):
    """A folder's tests stay in one process, for they share what was made once."""

    def _split_scope(self, nodeid: str) -> str:
        return str(PurePosixPath(nodeid.split("::", maxsplit=1)[0]).parent)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFolder:
    return _ByFolder(config, log)
