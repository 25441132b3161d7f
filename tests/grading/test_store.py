"""The store: never a wrong byte, never the same work twice, whatever happens to it."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from graders.grading.store import Store, open_store
from graders.grading.store_places import Content, DirectoryPlace, Entry

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def test_what_was_put_is_found_by_another_store(tmp_path: Path) -> None:
    open_store(tmp_path).put(A, b"result")
    assert open_store(tmp_path).get(A) == b"result"


def test_what_was_never_put_is_not_found(tmp_path: Path) -> None:
    assert open_store(tmp_path).get(A) is None


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_corrupt_entry_is_discarded_and_computed_again(tmp_path: Path, damage: bytes) -> None:
    store = open_store(tmp_path)
    store.put(A, b"result")
    (tmp_path / "aa" / A).write_bytes(damage)
    assert store.get(A) is None
    assert not (tmp_path / "aa" / A).exists()
    assert store.once(A, lambda: b"again").content == b"again"


def test_one_flipped_bit_is_noticed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.put(A, b"result")
    path = tmp_path / "aa" / A
    entry = bytearray(path.read_bytes())
    entry[2] ^= 1
    path.write_bytes(entry)
    assert store.get(A) is None


def test_a_name_that_is_no_digest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal"):
        open_store(tmp_path).put("../../etc/passwd", b"")


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    store = open_store(tmp_path, max_bytes=3 * (100 + 32))
    for age, digest in ((30, A), (20, B), (10, C)):
        store.put(digest, bytes(100))
        os.utime(tmp_path / digest[:2] / digest, (time.time() - age,) * 2)
    assert store.get(A) is not None  # Used just now.
    store.put("d" * 64, bytes(100))
    assert [store.get(digest) is None for digest in (A, B, C)] == [False, True, False]


def test_what_a_dead_process_was_writing_is_swept_away(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.put(A, b"result")
    partial = tmp_path / "aa" / ".partial-0123"
    partial.write_bytes(b"half")
    os.utime(partial, (time.time() - 7200,) * 2)
    store.put(B, b"other")
    assert not partial.exists()


class FullPlace:
    """A disk without room."""

    def read(self, name: str) -> bytes | None:
        return None

    def write(self, name: str, content: Content) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def remove(self, name: str) -> None:
        return None

    def entries(self) -> tuple[Entry, ...]:
        return ()


def test_a_full_disk_is_reported_once_and_the_result_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(FullPlace(), tmp_path)
    with caplog.at_level(logging.WARNING):
        assert store.once(A, lambda: b"one").content == b"one"
        assert store.once(B, lambda: b"two").content == b"two"
    assert len(caplog.records) == 1
    assert "No space left" in caplog.text


def test_two_threads_that_ask_together_compute_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    computed: list[int] = []

    def compute() -> bytes:
        time.sleep(0.1)
        computed.append(1)
        return b"result"

    threads = [threading.Thread(target=store.once, args=(A, compute)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(computed) == 1
    assert store.get(A) == b"result"


def _compute_slowly(directory: Path, log: Path) -> None:
    def compute() -> bytes:
        with log.open("a") as file:
            file.write("computed\n")
        time.sleep(0.3)
        return b"result"

    assert open_store(directory).once(A, compute).content == b"result"


def test_two_processes_that_ask_together_compute_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=_compute_slowly, args=(tmp_path / "store", log)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(20)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert log.read_text() == "computed\n"


def _die_while_computing(directory: Path, ready: Path) -> None:
    def compute() -> bytes:
        ready.touch()
        time.sleep(60)
        return b"never"

    open_store(directory).once(A, compute)


def test_a_process_that_dies_while_computing_leaves_its_place(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = multiprocessing.get_context("fork").Process(
        target=_die_while_computing, args=(tmp_path / "store", ready)
    )
    process.start()
    while not ready.exists():
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(20)
    stored = open_store(tmp_path / "store").once(A, lambda: b"result")
    assert (stored.content, stored.found) == (b"result", False)


def test_an_error_while_computing_goes_through_and_nothing_is_stored(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def compute() -> bytes:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        store.once(A, compute)
    assert store.once(A, lambda: b"yes").content == b"yes"


def test_no_lock_is_left_behind(tmp_path: Path) -> None:
    open_store(tmp_path).once(A, lambda: b"result")
    assert not list((tmp_path / "locks").iterdir())


def test_any_address_that_fsspec_knows_will_do(tmp_path: Path) -> None:
    store = open_store("memory://graders-test", locks=tmp_path)
    stored = [store.once(A, lambda: b"result") for _ in range(2)]
    assert [each.found for each in stored] == [False, True]


def test_an_unreadable_directory_is_as_good_as_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "aa").write_text("a file where a folder should be")
    store = Store(DirectoryPlace(tmp_path), tmp_path / "locks")
    assert store.once(A, lambda: b"result").content == b"result"
