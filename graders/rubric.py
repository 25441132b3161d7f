"""Marks with reasons: a check finds something, findings make the result of one test cell."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape
from types import MappingProxyType
from typing import Any, Self

RESULT_MIME = "application/vnd.graders.result+json"

_MOST_FINDINGS = 20
_LONGEST_TEXT = 500
_LARGEST_JSON = 400_000
_MOST_POINTS = 1000.0
_TYPOGRAPHIC_SPACES = "\u00a0\u202f"


class Outcome(StrEnum):
    """What became of a check, and of a test cell."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    COULD_NOT_GRADE = "could not grade"


class ResultError(ValueError):
    """Something offered as a result is not one."""


class _Verdict(Exception):  # noqa: N818 - a judgement, not an error
    def __init__(self, message: str, hint: str = "", fraction: float = 0) -> None:
        super().__init__(message)
        if not 0 <= fraction < 1:
            raise ValueError(f"A verdict earns a part of the points. Received: {fraction}.")
        self.message = message
        self.hint = hint
        self.fraction = fraction


class Failure(_Verdict):
    """The answer is not what was asked; `fraction` is the share of the points still earned."""


class CouldNotGrade(_Verdict):
    """There is nothing a check could judge: a person has to look. It earns nothing yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. Texts are short, printable French, for the student."""

    title: str
    outcome: Outcome
    points: float
    maximum: float
    message: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        for text in (self.title, self.message, self.hint):
            if printable(text) != text:
                raise ValueError(f"Texts must be short and printable. Received: {text[:80]!a}.")
        if not 0 <= self.points <= self.maximum <= _MOST_POINTS:
            raise ValueError(f"Received: {self.points} points of {self.maximum}.")


@dataclass(frozen=True, slots=True)
class Result:
    """One test cell's findings; marks and outcome follow from them."""

    question: str
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.findings) <= _MOST_FINDINGS:
            raise ValueError(f"A result has 1 to 20 findings. Received: {len(self.findings)}.")
        if printable(self.question) != self.question:
            raise ValueError(f"Received an unprintable question: {self.question[:80]!a}.")

    @property
    def points(self) -> float:
        """Points earned from the checks that could judge."""
        return round(math.fsum(finding.points for finding in self.findings), 2)

    @property
    def maximum(self) -> float:
        """Points a right answer earns."""
        return round(math.fsum(finding.maximum for finding in self.findings), 2)

    @property
    def outcome(self) -> Outcome:
        """One finding that could not be graded makes the whole cell so."""
        outcomes = {finding.outcome for finding in self.findings}
        if Outcome.COULD_NOT_GRADE in outcomes:
            return Outcome.COULD_NOT_GRADE
        if outcomes == {Outcome.PASSED}:
            return Outcome.PASSED
        return Outcome.PARTIAL if self.points else Outcome.FAILED

    def to_json(self) -> str:
        """ASCII JSON that `from_json` reads back as an equal result."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, record: object) -> Self:
        """Read `to_json`'s form, as text or parsed already (as it lies in a notebook's output).

        Raises:
            ResultError: whatever else `record` is.
        """
        try:
            data = _parsed(record) if isinstance(record, str | bytes) else record
            question, findings = _exactly(data, ("question", "findings"))
            if type(question) is not str or type(findings) is not list:
                raise ResultError("`question` must be a string, `findings` a list.")
            return cls(question, tuple(_finding(item) for item in findings[: _MOST_FINDINGS + 1]))
        except (ValueError, RecursionError) as error:
            raise ResultError(f"Not a result: {error}") from None

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """What a test cell displays.

        `text/plain` is the bare number stock nbgrader reads as the score. When something could
        not be graded it holds the points of the checks that could judge: stock nbgrader takes
        anything but a number for full marks, and this sum is always below the maximum.
        """
        return {
            "text/plain": f"{self.points:g}",
            "text/html": "".join(_html(self)),
            RESULT_MIME: json.loads(self.to_json()),
        }


@dataclass(frozen=True)
class Check:
    """A function that judges the values named in `of`, and what it is worth.

    It returns nothing when satisfied, raises `Failure` or `CouldNotGrade` otherwise. `title`,
    the line a student reads, is the first line of the function's French docstring.
    """

    function: Callable[..., None]
    points: float
    of: tuple[str, ...]
    title: str = ""

    def __post_init__(self) -> None:
        title = self.title or (self.function.__doc__ or "").strip().partition("\n")[0]
        if not title:
            raise ValueError(f"A check needs a docstring or a title. Received: {self.function}.")
        if not 0 < self.points <= _MOST_POINTS or round(self.points, 2) != self.points:
            raise ValueError(f"Points are positive hundredths. Received: {self.points}.")
        object.__setattr__(self, "title", title.rstrip("."))


Reader = Callable[[Any], object]
_NO_READERS: Mapping[str, Reader] = MappingProxyType({})


def judge(
    question: str,
    checks: Sequence[Check],
    values: Mapping[str, object],
    readers: Mapping[str, Reader] = _NO_READERS,
) -> Result:
    """Run `checks` on `values`, each value first turned once into data by its reader.

    A value whose reader refuses it makes one finding, worth all the checks that needed it.

    Raises:
        TypeError: a check needs a value that was not given.
    """
    needed = {name for check in checks for name in check.of}
    if missing := sorted(needed - values.keys()):
        raise TypeError(f"{question} needs {', '.join(missing)}. Received: {', '.join(values)}.")
    read: dict[str, object] = {}
    refused: dict[str, _Verdict] = {}
    for name in sorted(needed):
        try:
            read[name] = readers[name](values[name]) if name in readers else values[name]
        except _Verdict as refusal:
            refused[name] = refusal
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a student's value may do anything
            refused[name] = _crash(error)
    findings: list[Finding] = []
    for name, verdict in refused.items():
        lost = [check.points for check in checks if _first(check.of, refused) == name]
        if lost:
            findings.append(_found(f"Lecture de {name}", round(math.fsum(lost), 2), verdict))
    for check in checks:
        if _first(check.of, refused) is None:
            findings.append(_run(check, [read[name] for name in check.of]))
    return Result(question, tuple(findings))


def printable(text: str) -> str:
    """`text` cut to a length, without anything that cannot be shown or saved."""
    shown = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
    return "".join(
        character if character.isprintable() or character in _TYPOGRAPHIC_SPACES else "\ufffd"
        for character in shown
    )


def type_name(value: object) -> str:
    """Name of a value's type, without running any code of the value's."""
    return printable(type.__dict__["__name__"].__get__(type(value)))


def number(value: float) -> str:
    """A number as it is written in French, without superfluous zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _first(names: Sequence[str], refused: Mapping[str, _Verdict]) -> str | None:
    return next((name for name in names if name in refused), None)


def _run(check: Check, arguments: Sequence[object]) -> Finding:
    try:
        check.function(*arguments)
    except _Verdict as verdict:
        return _found(check.title, check.points, verdict)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the one place that catches all
        return _found(check.title, check.points, _crash(error))
    return Finding(check.title, Outcome.PASSED, check.points, check.points)


def _crash(error: BaseException) -> _Verdict:
    return CouldNotGrade(
        f"Le correcteur n’a pas pu juger cette réponse ({type_name(error)}).",
        "Votre enseignant la regardera.",
    )


def _found(title: str, maximum: float, verdict: _Verdict) -> Finding:
    # French puts an unbreakable space before these marks.
    texts = [
        re.sub(" (?=[:;?!»])", "\u00a0", printable(t)) for t in (verdict.message, verdict.hint)
    ]
    if isinstance(verdict, CouldNotGrade):
        return Finding(printable(title), Outcome.COULD_NOT_GRADE, 0, maximum, *texts)
    # Hundredths, rounded down: a failure never earns the whole.
    points = math.floor(round(maximum * verdict.fraction * 100, 6)) / 100
    outcome = Outcome.PARTIAL if points else Outcome.FAILED
    return Finding(printable(title), outcome, points, maximum, *texts)


def _parsed(text: str | bytes) -> object:
    if len(text) > _LARGEST_JSON:
        raise ResultError(f"At most {_LARGEST_JSON} bytes are read. Received: {len(text)}.")
    return json.loads(text)


def _exactly(data: object, keys: tuple[str, ...]) -> tuple[Any, ...]:
    if type(data) is not dict or set(data) != set(keys):
        raise ResultError(f"Expected an object with the keys {', '.join(keys)}, and no other.")
    return tuple(data[key] for key in keys)


def _finding(data: object) -> Finding:
    title, outcome, points, maximum, message, hint = _exactly(
        data, ("title", "outcome", "points", "maximum", "message", "hint")
    )
    if not all(type(text) is str for text in (title, outcome, message, hint)):
        raise ResultError("Texts must be strings.")
    if not all(type(value) in (int, float) for value in (points, maximum)):
        raise ResultError("Points must be numbers.")
    return Finding(title, Outcome(outcome), points, maximum, message, hint)


_LOOKS = {
    Outcome.PASSED: ("✓", "réussi", "solid"),
    Outcome.PARTIAL: ("◐", "en partie", "dashed"),
    Outcome.FAILED: ("✗", "à revoir", "double"),
    Outcome.COULD_NOT_GRADE: ("?", "à voir avec l’enseignant", "dotted"),
}


def _html(result: Result) -> Iterator[str]:
    _, words, _ = _LOOKS[result.outcome]
    total = f"{number(result.points)} / {number(result.maximum)}"
    yield '<section lang="fr" style="font-family:sans-serif;line-height:1.4">'
    yield f"<p><strong>{total} point{'s' if result.maximum >= 2 else ''}</strong> ({words})</p>"
    yield '<ul style="list-style:none;margin:0;padding:0">'
    for finding in result.findings:
        sign, words, line = _LOOKS[finding.outcome]
        yield f'<li style="border-left:4px {line};margin:.4em 0;padding-left:.6em">'
        yield f'<span aria-hidden="true">{sign}</span> <strong>{escape(finding.title)}</strong>'
        yield f" : {words}, {number(finding.points)} / {number(finding.maximum)}"
        yield from (f"<br>{escape(text)}" for text in (finding.message, finding.hint) if text)
        yield "</li>"
    yield "</ul></section>"
