"""Checks run on a student's values: what they find makes a result."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graders.exhibits import Exhibit, exhibits_to_data
from graders.language import spaced
from graders.language import translate as _
from graders.rubric import MOST_POINTS, CouldNotGrade, Finding, Outcome, Result, Verdict
from graders.text import printable, type_name


@dataclass(frozen=True)
class Check:
    """A function that judges the values named in `of`, and what it is worth.

    It returns nothing when satisfied, raises `Failure` or `CouldNotGrade` otherwise. `title`,
    the line a student reads once translated, is the first line of the function's French docstring.
    """

    function: Callable[..., None]
    points: float
    of: tuple[str, ...]
    title: str = ""

    def __post_init__(self) -> None:
        title = self.title or (self.function.__doc__ or "").strip().partition("\n")[0]
        if not title:
            raise ValueError(f"A check needs a docstring or a title. Received: {self.function}.")
        if not 0 < self.points <= MOST_POINTS or round(self.points, 2) != self.points:
            raise ValueError(f"Points are positive hundredths. Received: {self.points}.")
        object.__setattr__(self, "title", title.rstrip("."))


@dataclass(frozen=True)
class Show:
    """A function that makes an exhibit of a variable, from its name and its value as read.

    It returns None where there is nothing to show.
    """

    function: Callable[[str, Any], Exhibit | None]
    variable: str


Reader = Callable[[Any], object]
_NO_READERS: Mapping[str, Reader] = MappingProxyType({})


def judge(
    question: str,
    checks: Sequence[Check],
    values: Mapping[str, object],
    readers: Mapping[str, Reader] = _NO_READERS,
    shows: Sequence[Show] = (),
) -> Result:
    """Run `checks` on `values`, each value first turned once into data by its reader.

    A value whose reader refuses it makes one finding, worth all the checks that needed it.
    What cannot be shown is left out.

    Raises:
        TypeError: a check needs a value that was not given.
    """
    needed = {name for check in checks for name in check.of}
    if missing := sorted(needed - values.keys()):
        raise TypeError(f"{question} needs {', '.join(missing)}. Received: {', '.join(values)}.")
    read: dict[str, object] = {}
    refused: dict[str, Verdict] = {}
    for name in sorted(needed):
        try:
            read[name] = readers[name](values[name]) if name in readers else values[name]
        except Verdict as refusal:
            refused[name] = refusal
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a student's value may do anything
            refused[name] = _crash(error)
    findings: list[Finding] = []
    for name, verdict in refused.items():
        lost = [check.points for check in checks if _first(check.of, refused) == name]
        if lost:
            findings.append(
                _found(_("Lecture de {name}").format(name=name), round(math.fsum(lost), 2), verdict)
            )
    for check in checks:
        if _first(check.of, refused) is None:
            findings.append(_run(check, [read[name] for name in check.of]))
    exhibits = (_shown(show, read[show.variable]) for show in shows if show.variable in read)
    return Result(question, tuple(findings), tuple(filter(None, exhibits)))


def _first(names: Sequence[str], refused: Mapping[str, Verdict]) -> str | None:
    return next((name for name in names if name in refused), None)


def _run(check: Check, arguments: Sequence[object]) -> Finding:
    title = _(check.title)
    try:
        check.function(*arguments)
    except Verdict as verdict:
        return _found(title, check.points, verdict)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the one place that catches all
        return _found(title, check.points, _crash(error))
    return Finding(title, Outcome.PASSED, check.points, check.points)


def _shown(show: Show, value: object) -> Exhibit | None:
    """An exhibit that `Result` can carry, or none: it never stands in the way of a mark."""
    try:
        exhibit = show.function(show.variable, value)
        exhibits_to_data(() if exhibit is None else (exhibit,))
    except (Exception, SystemExit):  # noqa: BLE001 - a student's value may do anything
        return None
    return exhibit


def _crash(error: BaseException) -> Verdict:
    return CouldNotGrade(
        _("Le correcteur n’a pas pu juger cette réponse ({reason}).").format(
            reason=type_name(error)
        ),
        _("Votre enseignant la regardera."),
    )


def _found(title: str, maximum: float, verdict: Verdict) -> Finding:
    texts = [spaced(printable(text)) for text in (verdict.message, verdict.hint)]
    if isinstance(verdict, CouldNotGrade):
        return Finding(printable(title), Outcome.COULD_NOT_GRADE, 0, maximum, *texts)
    # Hundredths, rounded down: a failure never earns the whole.
    points = math.floor(round(maximum * verdict.fraction * 100, 6)) / 100
    outcome = Outcome.PARTIAL if points else Outcome.FAILED
    return Finding(printable(title), outcome, points, maximum, *texts)
