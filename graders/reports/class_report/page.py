"""The report as one page that needs nothing else: its style, script and plots are inside."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from markupsafe import Markup

from graders.language import grouped, language, spaced, translate, translate_plural
from graders.reports.class_report import plots, wording
from graders.reports.class_report.accuracies import measured_accuracies
from graders.reports.class_report.attention import attention
from graders.reports.class_report.contents import ClassContents
from graders.reports.class_report.distribution import distribution_of
from graders.reports.class_report.effort import class_effort
from graders.reports.class_report.mistakes import common_mistakes
from graders.reports.class_report.students import question_maxima, student_rows
from graders.reports.class_report.success import success_by_cell
from graders.reports.page_environment import page_environment
from graders.text import number

_HERE: Final = Path(__file__).parent
MOST_MISTAKES: Final = 40


def class_page(contents: ClassContents, folder: Path) -> str:
    """The page's HTML; `folder` is where it will be written, for its links to feedback."""
    environment = page_environment("graders.reports.class_report")
    environment.filters |= {
        "number": number,
        "grouped": grouped,
        "percent": partial(wording.percent, decimals=1),
        "duration": wording.duration,
        "cell_name": wording.cell_name,
    }
    environment.globals |= {"_": _message, "translate_plural": _plural}
    return environment.get_template("page.html").render(_view(contents, folder))


def _view(contents: ClassContents, folder: Path) -> Mapping[str, Any]:
    """What the template shows."""
    made = contents.made
    groups = attention(contents.records)
    similar = {login for pair in contents.pairs for login in (pair.first, pair.second)}
    rows = student_rows(contents.records, groups, similar, folder)
    mistakes = common_mistakes(contents.marked)
    style, script = _asset("page.css"), _asset("page.js")
    return {
        "language": language(),
        "policy": _policy(style, script),
        "style": style,
        "script": script,
        "contents": contents,
        "made": f"{format_date(made, 'long', language())}, {made:%H:%M}",
        "outcomes": wording.OUTCOMES,
        "categories": wording.CATEGORIES,
        "groups": groups,
        "titles": wording.TITLES,
        "explanations": wording.EXPLANATIONS,
        "flags": wording.FLAGS,
        "distribution": distribution_of(contents),
        "success": success_by_cell(contents),
        "mistakes": mistakes[:MOST_MISTAKES],
        "mistakes_left_out": len(mistakes[MOST_MISTAKES:]),
        "accuracies": measured_accuracies(contents),
        "effort": class_effort(contents.records),
        "rows": rows,
        "by_login": {row.record.student: row for row in rows},
        "questions": question_maxima(contents.records),
        "lateness": any(row.record.lateness and _tells(row.record.lateness) for row in rows),
        "plots": plots,
    }


def _tells(lateness: Any) -> bool:
    return bool(lateness.late or lateness.penalty or lateness.excused)


def _policy(style: str, script: str) -> str:
    """Nothing is fetched from anywhere, and nothing runs but this page's own script."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))


def _message(message: str, **values: object) -> str:
    return spaced(translate(message)).format(**values)


def _plural(singular: str, plural: str, count: int, **values: object) -> str:
    text = spaced(translate_plural(singular, plural, count))
    return text.format(count=grouped(count), **values)
