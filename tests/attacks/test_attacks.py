"""Every attack of the published table, run: it gains nothing, learns nothing, leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from tests.attacks.arena import FRIEND, MARKER, Arena, open_arena, shown, tree
from tests.attacks.attack import Attack
from tests.attacks.attacked_course import FULL_MARKS, RIGHT, hidden_lines
from tests.attacks.themes import THEMES


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    try:
        find_bwrap()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    with open_arena(tmp_path_factory.mktemp("arena")) as opened:
        yield opened


def steps() -> Iterator[object]:
    """The attacks, and after those of each theme an honest neighbour."""
    for theme, attacks in THEMES.items():
        for attack in attacks:
            yield pytest.param(attack, id=f"{theme}: {attack.name}")
        yield pytest.param(None, id=f"{theme}: an honest neighbour afterwards")


@pytest.mark.parametrize("attack", tuple(steps()))
def test_an_attack_gains_nothing_learns_nothing_and_leaves_nothing(
    arena: Arena, attack: Attack | None
) -> None:
    before = tree(arena.course.root)
    if attack is None:
        assert arena.run(RIGHT, {})[1] == FULL_MARKS
        assert arena.isolation.survivors() == []
        return
    notebook, marks = arena.attacked(attack)
    seen = shown(notebook)
    assert "SyntaxError" not in seen
    assert "FOUND" not in seen
    assert attack.shows in seen
    assert attack.allows(marks), (marks, seen)
    assert [line for line in (*hidden_lines(), MARKER, FRIEND) if line in seen] == []
    assert arena.isolation.survivors() == []
    assert arena.visitors() == 0
    assert tree(arena.course.root) == before


LOUDEST = ("a fork bomb", "kill everything", "memory", "output without end", "an endless loop")


def test_a_neighbour_that_is_graded_meanwhile_gets_its_exact_marks(arena: Arena) -> None:
    attacks = [attack for theme in THEMES.values() for attack in theme if attack.name in LOUDEST]
    assert len(attacks) == len(LOUDEST)
    with ThreadPoolExecutor(3) as grading:
        attacked = [grading.submit(arena.attacked, attack) for attack in attacks]
        neighbour = grading.submit(arena.run, RIGHT, {})
        assert neighbour.result()[1] == FULL_MARKS
        assert all(
            one.result()[1] == attack.marks for one, attack in zip(attacked, attacks, strict=True)
        )
    assert arena.isolation.survivors() == []
