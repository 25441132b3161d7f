"""What marked notebooks say of how they were graded, beside the marks in the gradebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from graders.grading.answering import is_test, name_of
from graders.grading.course import Course
from graders.grading.repair.mends import Mend, mends_from_data
from graders.records import Effort
from graders.rubric import RESULT_MIME, Outcome, Result, ResultError

_UNREADABLE = "?"


@dataclass(frozen=True, slots=True)
class Account:
    """One submission's, by nbgrader's name of a cell.

    `reasons` say why a test cell could not judge; `accidents` what happened while an answer
    ran; `unverified` names models whose training is the student's own word; `code` and `texts`
    are the answers' sources.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    accidents: Mapping[str, str] = field(default_factory=dict)
    isolated: bool = True
    results: Mapping[str, Result] = field(default_factory=dict)
    mends: tuple[Mend, ...] = ()
    unverified: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    code: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def account_of(course: Course, assignment: str, student: str) -> Account:
    """The account of a submission; an empty one where nothing was graded."""
    notebooks = sorted(course.path("autograded", student, assignment).glob("*.ipynb"))
    accounts = [account_in(nbformat.read(path, as_version=4)) for path in notebooks]
    return reduce(_together, accounts, Account())


def had_accident(course: Course, assignment: str, student: str) -> bool:
    """Whether something went wrong while the submission's cells ran, when it was last graded."""
    return bool(account_of(course, assignment, student).accidents)


def account_in(notebook: NotebookNode) -> Account:
    """The account of one marked notebook."""
    record = notebook.metadata.get("graders", {})
    tests = [cell for cell in notebook.cells if is_test(cell)]
    answers = [cell for cell in notebook.cells if is_solution(cell)]
    results = {name_of(cell): _result(cell) for cell in tests}
    return Account(
        reasons={name: _reason(result) for name, result in results.items() if _reason(result)},
        accidents=dict(record.get("incidents", ())),
        isolated=record.get("isolated", True),
        results={name: found for name, found in results.items() if isinstance(found, Result)},
        mends=mends_from_data(record.get("mends", [])),
        unverified={
            name_of(cell): tuple(cell.metadata["graders"].get("unverified", ()))
            for cell in tests
            if "graders" in cell.metadata
        },
        effort=_effort(record),
        code={name_of(cell): cell.source for cell in answers if cell.cell_type == "code"},
        texts={name_of(cell): cell.source for cell in answers if cell.cell_type != "code"},
    )


def _result(cell: NotebookNode) -> Result | str | None:
    """The result that a test cell displays; text when it is there and cannot be read."""
    for output in cell.outputs:
        record = output.get("data", {}).get(RESULT_MIME)
        if record is not None:
            try:
                # Through JSON, for nbformat's own kind of dict is not one to a strict reader.
                return Result.from_json(json.dumps(record))
            except ResultError:
                return _UNREADABLE
    return None


def _reason(result: Result | str | None) -> str:
    """Why there is no mark, where there is a reason: of several, the last."""
    if not isinstance(result, Result):
        return result or ""
    unknown = [f.message for f in result.findings if f.outcome is Outcome.COULD_NOT_GRADE]
    return unknown[-1] if unknown else ""


def _effort(record: Mapping[str, object]) -> Effort:
    trainings = record.get("trainings")
    counts = trainings if isinstance(trainings, Mapping) else {}
    return Effort(
        wall_seconds=_number(record.get("seconds")),
        cpu_seconds=_number(record.get("cpu_seconds")),
        trainings=int(_number(counts.get("asked"))),
        trainings_found=int(_number(counts.get("found"))),
        training_seconds=_number(counts.get("seconds")),
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _together(first: Account, second: Account) -> Account:
    """The account of a submission of several notebooks."""
    efforts: Sequence[Effort] = (first.effort, second.effort)
    return Account(
        {**first.reasons, **second.reasons},
        {**first.accidents, **second.accidents},
        first.isolated and second.isolated,
        {**first.results, **second.results},
        (*first.mends, *second.mends),
        {**first.unverified, **second.unverified},
        Effort(
            sum(effort.wall_seconds for effort in efforts),
            sum(effort.cpu_seconds for effort in efforts),
            sum(effort.trainings for effort in efforts),
            sum(effort.trainings_found for effort in efforts),
            sum(effort.training_seconds for effort in efforts),
        ),
        {**first.code, **second.code},
        {**first.texts, **second.texts},
    )
