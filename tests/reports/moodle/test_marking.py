"""Every row of a worksheet is decided, and every mark that has no row is told."""

from __future__ import annotations

from decimal import Decimal

from graders.reports.moodle.joining import Joined, Unjoined
from graders.reports.moodle.marking import Marking, marking
from graders.reports.moodle.worksheet import Participant
from graders.reports.standing import FinalMark, Standing


def row(number: int, maximum: str = "100", *, locked: bool = False) -> Participant:
    return Participant(number, f"Étudiant {number}", "", Decimal(maximum), locked, "-")


def decide(participant: Participant, mark: FinalMark) -> Marking:
    return marking([participant], Joined({participant.number: mark.login}, ()), [mark])


def graded(points: float, maximum: float = 20) -> FinalMark:
    return FinalMark("a", Standing.GRADED, points, maximum)


def test_a_mark_is_rescaled_to_moodle_s_maximum() -> None:
    assert decide(row(1), graded(12.5)).values == {1: Decimal("62.5")}
    assert decide(row(1, "10"), graded(0)).values == {1: Decimal(0)}
    assert decide(row(1), graded(0.1 + 0.2, 3)).values == {1: Decimal(10)}
    assert decide(row(1), graded(sum([0.1] * 30), 3)).values == {1: Decimal(100)}


def test_who_waits_gets_an_empty_cell_and_is_told() -> None:
    decided = decide(row(1), FinalMark("a", Standing.COULD_NOT_GRADE, None, 20, "tests failed"))
    assert decided.values == {1: None}
    assert list(map(str, decided.withheld)) == ["a (participant 1): tests failed"]
    assert decided.marked == ()


def test_who_is_absent_is_let_be() -> None:
    decided = decide(row(1), FinalMark("a", Standing.ABSENT))
    assert (decided.values, decided.withheld, decided.absent) == ({}, (), ("a",))


def test_a_login_that_nbgrader_does_not_know_is_absent() -> None:
    assert marking([row(1)], Joined({1: "x"}, ()), []).absent == ("x",)


def test_what_moodle_would_pass_over_in_silence_is_told() -> None:
    for participant, mark, told in (
        (row(1, locked=True), graded(12), "locked in Moodle"),
        (row(1), graded(21), "21 points out of 20"),
        (row(1), graded(0, 0), "worth no point"),
    ):
        decided = decide(participant, mark)
        assert decided.values == {}
        assert told in decided.withheld[0].reason


def test_what_has_no_match_is_told_on_both_sides() -> None:
    nobody = Unjoined(2, "Étudiant 2", "no login")
    decided = marking([row(2)], Joined({}, (nobody,)), [graded(3), FinalMark("b", Standing.ABSENT)])
    assert (decided.unjoined, decided.without_row) == ((nobody,), ("a",))
