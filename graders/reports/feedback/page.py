"""The feedback page itself: one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from graders.exhibits import Confusion, Curve, LayersTable
from graders.language import grouped, language, marked, spaced, translate_plural
from graders.language import translate as _
from graders.reports.feedback import curves
from graders.reports.feedback.confusions import most_mistaken, squares
from graders.reports.feedback.contents import Feedback
from graders.reports.page_environment import page_environment
from graders.rubric import Outcome
from graders.text import number, percent

LOOKS = {
    Outcome.PASSED: ("passed", "✓", marked("réussi")),
    Outcome.PARTIAL: ("partial", "◐", marked("en partie")),
    Outcome.FAILED: ("failed", "✗", marked("à revoir")),
    Outcome.COULD_NOT_GRADE: ("unknown", "?", marked("à voir avec l’enseignant")),
    None: ("waiting", "…", marked("pas encore lue")),
}
"""Class, sign and words of an outcome; None is a question that waits to be read."""


def render(feedback: Feedback, notebook_language: str = "fr") -> str:
    """The page, in the current language; the notebook's own words are in `notebook_language`."""
    foreign = notebook_language != language()
    return (
        _environment()
        .get_template("page.html")
        .render(
            feedback=feedback,
            language=language(),
            notebook_lang=Markup(' lang="{}"').format(notebook_language) if foreign else "",
            style=Markup(_source("page.css")),
        )
    )


@cache
def _environment() -> Environment:
    environment = page_environment("graders.reports.feedback")
    environment.filters |= {
        "safe_html": Markup,
        "number": number,
        "grouped": grouped,
        "spaced": spaced,
        "percent": percent,
    }
    environment.globals |= {
        "_": _,
        "translate_plural": translate_plural,
        "looks": LOOKS,
        "drawings": curves.drawings,
        "frame": curves,
        "squares": squares,
        "most_mistaken": most_mistaken,
        "kind_of": _kind_of,
    }
    return environment


@cache
def _source(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _kind_of(exhibit: LayersTable | Curve | Confusion) -> str:
    return {LayersTable: "layers", Curve: "curve", Confusion: "confusion"}[type(exhibit)]
