"""How `make test` shares the tests between two processes."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A folder's tests stay in one process, for they share what was made once; longest first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(str(item.path.parent.relative_to(HERE))))
    # Begun last, the whole class on the full MNIST would keep one process busy, the other idle.
    items.sort(key=lambda item: item.get_closest_marker("full_mnist") is None)
