"""The page stands alone, and whatever students are called is text in it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from graders.language import speaking
from graders.records import GradingOutcome
from graders.reports.class_report.contents import ClassContents
from graders.reports.class_report.page import class_page
from graders.reports.class_report.students import relative_address
from graders.reports.similarity.pairs import SimilarPair
from tests.language.french import french_in
from tests.processor_time import using_at_most
from tests.reports.class_report.sample_class import AWKWARD_NAMES, sample_class
from tests.reports.class_report.test_contents import contents, measured, student

FOLDER = Path("/course/reports/tp_keras")


class _Reading(HTMLParser):
    """Elements and attributes of a page, and its text by element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags:
            self.texts.setdefault(self.tags[-1][0], []).append(data)

    def attributes(self, name: str) -> list[str]:
        return [found[name] or "" for _, found in self.tags if name in found]


@pytest.fixture(scope="module")
def page() -> str:
    return class_page(sample_class(60, feedback=Path("/course/feedback")), FOLDER)


@pytest.fixture(scope="module")
def reading(page: str) -> _Reading:
    return _Reading(page)


def test_a_class_of_300_takes_under_20_seconds_and_5_megabytes() -> None:
    large = sample_class(300, feedback=Path("/course/feedback"))
    with using_at_most(seconds=20):
        made = class_page(large, FOLDER)
    assert len(made.encode()) < 5_000_000


def test_every_name_is_shown_as_it_is(reading: _Reading) -> None:
    shown = reading.texts["bdi"]
    assert set(AWKWARD_NAMES) <= set(shown)


def test_no_name_becomes_an_element(reading: _Reading) -> None:
    names = [name for name, _ in reading.tags]
    assert "img" not in names
    assert (names.count("script"), names.count("style")) == (1, 1)


def test_only_its_own_style_and_script_are_allowed(page: str, reading: _Reading) -> None:
    policy = next(
        found["content"] or ""
        for tag, found in reading.tags
        if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy"
    )
    assert "unsafe" not in policy
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def test_nothing_is_loaded_and_no_attribute_holds_style_or_script(reading: _Reading) -> None:
    assert reading.attributes("src") == []
    assert reading.attributes("style") == []
    assert not any(name.startswith("on") for _, found in reading.tags for name in found)
    assert all(href.startswith(("#", "./")) for href in reading.attributes("href"))


def test_every_link_within_the_page_leads_somewhere(reading: _Reading) -> None:
    names = reading.attributes("id")
    assert len(names) == len(set(names))
    inside = {href[1:] for href in reading.attributes("href") if href.startswith("#")}
    assert inside <= set(names)


def test_feedback_is_linked_by_a_relative_address(reading: _Reading) -> None:
    links = [href for href in reading.attributes("href") if href.startswith("./")]
    assert links[0] == "./../../feedback/etu00000/tp_keras/deep_learning_keras.html"


@pytest.mark.parametrize(
    ("student", "expected"),
    [("a b", "a%20b"), ("é", "%C3%A9"), ('a"b<c', "a%22b%3Cc"), ("a?b#c", "a%3Fb%23c")],
)
def test_an_address_holds_any_name(student: str, expected: str) -> None:
    target = Path("/course/feedback") / student / "page.html"
    assert relative_address(target, FOLDER) == f"./../../feedback/{expected}/page.html"


@pytest.mark.parametrize(
    "records",
    [
        (),
        (student("away", outcome=GradingOutcome.ABSENT),),
        (student("alone", 0, 0),),
        (student("broken", None, None, GradingOutcome.INCOMPLETE),),
    ],
)
def test_a_class_with_little_to_show_has_a_page(records: tuple[object, ...]) -> None:
    found: ClassContents = contents(*records)  # type: ignore[arg-type]
    assert "</html>" in class_page(found, FOLDER)


def test_nothing_of_an_english_course_s_page_is_french() -> None:
    records = (
        student("graded", 2, 1),
        student("unread", 1, None),
        student("broken", None, 1, GradingOutcome.INCOMPLETE),
        student("lost", outcome=GradingOutcome.NOT_GRADABLE),
        student("away", outcome=GradingOutcome.ABSENT),
        measured("measured", "mlp", 50),
    )
    pairs = (SimilarPair("graded", "unread", 1, 1, 1, ()),)
    with speaking("en"):
        made = class_page(replace(contents(*records), pairs=pairs), FOLDER)
    reading = _Reading(made)
    assert '<html lang="en">' in made
    shown = [
        text
        for tag, found in reading.texts.items()
        if tag not in {"script", "style"}
        for text in found
    ]
    shown += reading.attributes("aria-label") + reading.attributes("data-text")
    assert french_in(" ".join(shown)) == ()


def test_plots_are_text_with_a_description_and_a_table(page: str, reading: _Reading) -> None:
    plots = [found for tag, found in reading.tags if tag == "svg"]
    assert len(plots) == 4
    assert all(plot["role"] == "img" and plot["aria-label"] for plot in plots)
    assert page.count("<figure>") == page.count("</table>\n  </div>\n</details>\n</figure>")
