"""The feedback page in a real browser: on a phone, by keyboard, in the dark, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from graders.reports.feedback.page import render
from graders.reports.feedback.reading import feedback_of
from tests.browser.conftest import Axe
from tests.reports.feedback.examined import CODE, TEXTS, examined, facts

LONG = "x" * 200
PHONE = {"width": 390, "height": 844}
SCHEMES: tuple[Any, ...] = ("light", "dark")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with everything it may hold."""
    notebook = examined()
    return _written(tmp_path_factory.mktemp("page"), render(feedback_of(notebook, facts(notebook))))


def _written(folder: Path, html: str) -> str:
    file = folder / "feedback.html"
    file.write_text(html, encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [320, 1280])
def test_it_has_no_serious_fault_of_accessibility(
    page: Page, axe: Axe, address: str, scheme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(address)
    _open_all(page)
    assert axe(page) == []


def test_a_phone_shows_it_without_scrolling_sideways(page: Page, address: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(address)
    _open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_long_words_and_long_names_stay_within_a_phone(page: Page, tmp_path: Path) -> None:
    notebook = examined(code=dict.fromkeys(CODE, LONG), texts=dict.fromkeys(TEXTS, LONG))
    known = facts(notebook, name=LONG, student=LONG)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(_written(tmp_path, render(feedback_of(notebook, known))))
    _open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_keyboard_goes_to_the_content_to_a_question_and_into_the_code(
    page: Page, address: str
) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#q1"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "q1"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    code = page.locator("#q1 details pre").first
    assert not code.is_visible()
    page.keyboard.press("Enter")
    assert code.is_visible()


def test_on_paper_all_of_it_is_there_in_black(page: Page, address: str) -> None:
    page.goto(address)
    page.emulate_media(media="print")
    for code in page.locator("details > div, details > pre").all():
        assert code.is_visible()
    assert not page.locator(".skip").is_visible()
    colours = page.evaluate(
        "[...document.querySelectorAll('.badge, h1')].map(e => getComputedStyle(e).color)"
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(51, 51, 51)"}


def test_it_is_read_in_order(page: Page, address: str) -> None:
    page.goto(address)
    headings = page.get_by_role("heading").all_inner_texts()
    assert headings[:2] == ["Deep Learning avec Keras", "En bref"]
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("img", name="Coût").count() == 1
    assert page.get_by_role("region").count() >= 12


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
