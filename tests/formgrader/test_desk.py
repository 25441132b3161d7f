from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from graders.formgrader.desk import ClassRun, GradingDesk

# What `graders grade` looks like to a desk: lines, at once and later, and an exit code.
_COMMAND = """
import sys, time
course = next(word for word in sys.argv if word.startswith("--course="))
folder = course.split("=", 1)[1]
log = open(folder + "/runs.log", "a")
print(*sys.argv[1:], "begins", file=log, flush=True)
print("[1/2] a: graded", flush=True)
time.sleep(0.3)
print("[2/2] b: not gradable", flush=True)
print(*sys.argv[1:], "ends", file=log, flush=True)
sys.exit(1 if "--student=broken" in sys.argv else 0)
"""


@pytest.fixture
def desk() -> GradingDesk:
    return GradingDesk([sys.executable, "-c", _COMMAND])


def _happened(folder: Path) -> list[str]:
    return (folder / "runs.log").read_text().splitlines()


def test_one_submission_is_graded_again_and_all_that_was_said_comes_back(
    desk: GradingDesk, tmp_path: Path
) -> None:
    ended = asyncio.run(desk.grade_one(tmp_path, "tp", "alice"))
    assert ended.code == 0
    assert ended.lines == ("[1/2] a: graded", "[2/2] b: not gradable")
    words = _happened(tmp_path)[0].split()
    assert {"--force", "--student=alice", "--plain"} <= set(words)
    assert words[-3:-1] == ["--", "tp"]


def test_names_that_look_like_options_are_none(desk: GradingDesk, tmp_path: Path) -> None:
    ended = asyncio.run(desk.grade_one(tmp_path, "--quiet", "--plain"))
    assert ended.code == 0
    assert _happened(tmp_path)[0].endswith("--student=--plain -- --quiet begins")


def test_a_submission_that_cannot_be_graded_is_a_finished_run_that_failed(
    desk: GradingDesk, tmp_path: Path
) -> None:
    ended = asyncio.run(desk.grade_one(tmp_path, "tp", "broken"))
    assert (ended.code, ended.finished) == (1, True)


def test_runs_that_are_asked_for_together_wait_for_each_other(
    desk: GradingDesk, tmp_path: Path
) -> None:
    async def both() -> None:
        await asyncio.gather(*(desk.grade_one(tmp_path, "tp", name) for name in ("a", "b")))

    asyncio.run(both())
    assert [line.split()[-1] for line in _happened(tmp_path)] == ["begins", "ends"] * 2


def test_other_work_goes_on_while_a_submission_is_graded(desk: GradingDesk, tmp_path: Path) -> None:
    async def counted() -> int:
        grading = asyncio.create_task(desk.grade_one(tmp_path, "tp", "a"))
        turns = 0
        while not grading.done():
            await asyncio.sleep(0.01)
            turns += 1
        return turns

    assert asyncio.run(counted()) > 10


def test_a_class_is_followed_while_it_is_graded_and_afterwards(
    desk: GradingDesk, tmp_path: Path
) -> None:
    async def followed() -> tuple[set[tuple[int, int]], ClassRun]:
        assert desk.class_run("tp") is None
        run = desk.grade_class(tmp_path, "tp", force=False)
        assert run is not None
        assert desk.grade_class(tmp_path, "tp", force=False) is None
        seen = set()
        while run.code is None:
            seen.add(run.counted)
            await asyncio.sleep(0.01)
        assert desk.class_run("another") is None
        return seen, run

    seen, run = asyncio.run(followed())
    assert (1, 2) in seen
    assert (run.code, run.counted) == (0, (2, 2))
    assert "--force" not in _happened(tmp_path)[0]


def test_a_class_can_be_graded_once_more(desk: GradingDesk, tmp_path: Path) -> None:
    async def twice() -> list[int | None]:
        codes: list[int | None] = []
        for force in (False, True):
            run = desk.grade_class(tmp_path, "tp", force=force)
            assert run is not None
            while run.code is None:
                await asyncio.sleep(0.01)
            codes.append(run.code)
        return codes

    assert asyncio.run(twice()) == [0, 0]
    assert "--force" in _happened(tmp_path)[2]
