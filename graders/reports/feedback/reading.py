"""From a marked notebook to what its feedback page says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from graders.grading.accounts import account_in
from graders.grading.answering import NOTICES, is_test, name_of
from graders.language import translate as _
from graders.marks import CellMark, question_of
from graders.records import Note
from graders.reports.feedback.contents import (
    Coded,
    Facts,
    Feedback,
    Part,
    Question,
    Tested,
    Written,
)
from graders.reports.feedback.outputs import code_html, error_line, shown, words_html
from graders.rubric import Result
from graders.text import printable

_HEADING = re.compile(r"^(?P<level>#{1,6}) +(?P<words>.+?) *#*$", re.MULTILINE)
_POINTS = re.compile(r" *[—–-] *\*[^*]*\* *$")  # « — *2 points* », which the page tells otherwise
_LINK = re.compile(r"\[(?P<words>[^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)\*|\*(?!\w)")
_LONGEST_REMINDER = 180


@dataclass(frozen=True, slots=True)
class _Title:
    """A heading of the notebook, and the text below it."""

    level: int
    words: str
    after: str


def feedback_of(notebook: NotebookNode, facts: Facts) -> Feedback:
    """The page of a student whose notebook was autograded."""
    account = account_in(notebook)
    known = {accident.value: words for accident, words in NOTICES.items()}
    cells = [(name_of(cell), cell) for cell in notebook.cells if _is_named(cell)]
    headings = _headings(notebook.cells)
    groups: dict[str, list[Part]] = {}
    for name, cell in cells:
        result = account.results.get(name)
        groups.setdefault(question_of(name), []).append(_part(cell, name, facts, result))
    return Feedback(
        title=_title_of(notebook.cells),
        facts=facts,
        questions=tuple(
            Question(key, *headings[key], tuple(parts)) for key, parts in groups.items()
        ),
        mends=tuple(mend.message for mend in account.mends),
        accidents=tuple(
            Note(_place(cell, headings), _(known.get(value, value)))
            for cell, value in account.accidents.items()
        ),
        isolated=account.isolated,
    )


def _place(cell: str, headings: Mapping[str, tuple[str, str, str]]) -> str:
    """Where something happened: the question, or the name of a given cell."""
    return headings.get(question_of(cell), (cell,))[0]


def _part(cell: NotebookNode, name: str, facts: Facts, result: Result | None) -> Part:
    mark, comment = facts.marks.get(name), facts.comments.get(name, "")
    answered = name not in facts.unanswered
    outputs = cell.get("outputs", ())
    if is_test(cell):
        displayed = () if result else tuple(shown(outputs))
        return Tested(mark or _unmarked(cell, name), result, displayed)
    if cell.cell_type == "code":
        code, displayed = code_html(cell.source), tuple(shown(outputs))
        return Coded(code, displayed, error_line(outputs), comment, answered, mark)
    return Written(mark, words_html(cell.source, cell.get("attachments")), comment, answered)


def _unmarked(cell: NotebookNode, name: str) -> CellMark:
    """A test cell that the gradebook does not know."""
    return CellMark(name, None, float(cell.metadata.nbgrader.get("points") or 0), manual=False)


def _is_named(cell: NotebookNode) -> bool:
    return bool(is_solution(cell) or is_grade(cell))


def _title_of(cells: Sequence[NotebookNode]) -> str:
    """The notebook's own title; empty where it has none."""
    titles = (title for cell in cells if not _is_named(cell) for title in _titles(cell))
    return next((title.words for title in titles if title.level == 1), "")


def _headings(cells: Sequence[NotebookNode]) -> dict[str, tuple[str, str, str]]:
    """For each question its title, the section it stands in, and how it begins."""
    found: dict[str, tuple[str, str, str]] = {}
    section, last = "", _Title(0, "", "")
    for cell in cells:
        if _is_named(cell):
            found.setdefault(
                question_of(name_of(cell)), (last.words, section, _reminder(last.after))
            )
            continue
        for title in _titles(cell):
            section = title.words if title.level <= 2 else section
            last = title
    return found


def _titles(cell: NotebookNode) -> Iterator[_Title]:
    source = cell.source if cell.cell_type == "markdown" else ""
    found = list(_HEADING.finditer(source))
    for heading, following in zip(found, [*found[1:], None], strict=False):
        after = source[heading.end() : following.start() if following else None]
        words = _POINTS.sub("", heading["words"])
        yield _Title(len(heading["level"]), printable(_without_marks(words)), after)


def _reminder(text: str) -> str:
    """The first paragraph of a question, in plain words; nothing where it holds formulas."""
    first = text.strip().partition("\n\n")[0]
    words = " ".join(_without_marks(first).split())
    if "$" in words or "|" in words:
        return ""
    if len(words) > _LONGEST_REMINDER:
        words = words[:_LONGEST_REMINDER].rpartition(" ")[0] + ":"
    return printable(re.sub(r"[ :;,]+$", " …", words))


def _without_marks(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\g<words>", text))
