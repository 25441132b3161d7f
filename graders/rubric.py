"""Marks with reasons: a check finds something, findings make the result of one test cell."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape
from typing import Any, Self

from graders.exhibits import Exhibit, exhibits_from_data, exhibits_to_data
from graders.language import language, marked, translate_plural
from graders.language import translate as _
from graders.text import number, printable

RESULT_MIME = "application/vnd.graders.result+json"

_MOST_FINDINGS = 20
_LARGEST_JSON = 400_000
MOST_POINTS = 1000.0


class Outcome(StrEnum):
    """What became of a check, and of a test cell."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    COULD_NOT_GRADE = "could not grade"


class ResultError(ValueError):
    """Something offered as a result is not one."""


class Verdict(Exception):  # noqa: N818 - a judgement, not an error
    """What a check has to say of an answer it is not satisfied with."""

    def __init__(self, message: str, hint: str = "", fraction: float = 0) -> None:
        super().__init__(message)
        if not 0 <= fraction < 1:
            raise ValueError(f"A verdict earns a part of the points. Received: {fraction}.")
        self.message = message
        self.hint = hint
        self.fraction = fraction


class Failure(Verdict):
    """The answer is not what was asked; `fraction` is the share of the points still earned."""


class CouldNotGrade(Verdict):
    """There is nothing a check could judge: a person has to look. It earns nothing yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. Texts are short and printable, in the student's language."""

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
        if not 0 <= self.points <= self.maximum <= MOST_POINTS:
            raise ValueError(f"Received: {self.points} points of {self.maximum}.")


@dataclass(frozen=True, slots=True)
class Result:
    """One test cell's findings; marks and outcome follow from them.

    `exhibits` show the answer as it was understood, and cost nothing.
    """

    question: str
    findings: tuple[Finding, ...]
    exhibits: tuple[Exhibit, ...] = ()

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
        return json.dumps(self.to_data())

    def to_data(self) -> dict[str, Any]:
        """The same before it is text."""
        findings = [{**asdict(each), "outcome": each.outcome.value} for each in self.findings]
        exhibits = exhibits_to_data(self.exhibits)
        return {"question": self.question, "findings": findings, "exhibits": exhibits}

    @classmethod
    def from_json(cls, record: object) -> Self:
        """Read `to_json`'s form, as text or parsed already (as it lies in a notebook's output).

        Raises:
            ResultError: whatever else `record` is.
        """
        try:
            data = _parsed(record) if isinstance(record, str | bytes) else record
            question, findings, exhibits = _exactly(data, ("question", "findings", "exhibits"))
            if type(question) is not str or type(findings) is not list:
                raise ResultError("`question` must be a string, `findings` a list.")
            found = tuple(_finding(item) for item in findings[: _MOST_FINDINGS + 1])
            return cls(question, found, exhibits_from_data(exhibits))
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
            RESULT_MIME: self.to_data(),
        }


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
    Outcome.PASSED: ("✓", marked("réussi"), "solid"),
    Outcome.PARTIAL: ("◐", marked("en partie"), "dashed"),
    Outcome.FAILED: ("✗", marked("à revoir"), "double"),
    Outcome.COULD_NOT_GRADE: ("?", marked("à voir avec l’enseignant"), "dotted"),
}


def _html(result: Result) -> Iterator[str]:
    words = _LOOKS[result.outcome][1]
    total = translate_plural("{share} point", "{share} points", result.maximum).format(
        share=_share(result.points, result.maximum)
    )
    yield f'<section lang="{language()}" style="font-family:sans-serif;line-height:1.4">'
    yield f"<p><strong>{total}</strong> ({_(words)})</p>"
    yield '<ul style="list-style:none;margin:0;padding:0">'
    for finding in result.findings:
        sign, words, line = _LOOKS[finding.outcome]
        yield f'<li style="border-left:4px {line};margin:.4em 0;padding-left:.6em">'
        yield f'<span aria-hidden="true">{sign}</span> <strong>{escape(finding.title)}</strong>'
        share = _share(finding.points, finding.maximum)
        yield _(" : {outcome}, {share}").format(outcome=_(words), share=share)
        yield from (f"<br>{escape(text)}" for text in (finding.message, finding.hint) if text)
        yield "</li>"
    yield "</ul></section>"


def _share(points: float, maximum: float) -> str:
    return f"{number(points)} / {number(maximum)}"
