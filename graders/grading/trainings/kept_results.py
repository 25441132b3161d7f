"""Results of the store as values: what is not one is computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from graders.grading.store import Store
from graders.models.portable_schema import PortableError

_FORMAT = "1"
Result = TypeVar("Result")


def kept_result(
    store: Store,
    kind: str,
    digest: str,
    compute: Callable[[], bytes],
    read: Callable[[bytes], Result],
) -> tuple[bytes, Result, bool]:
    """The result of a job as bytes and as a value, and whether it was there already.

    `read` raises PortableError on bytes that are not its result. What `compute` raises goes
    through.
    """
    name = hashlib.sha256(f"{kind} {_FORMAT} {digest}".encode()).hexdigest()
    stored = store.once(name, compute)
    try:
        return stored.content, read(stored.content), stored.found
    except PortableError:
        content = compute()
        result = read(content)
        store.put(name, content)
        return content, result, False
