"""The class report in a browser: sorted and filtered by mouse and keyboard, and accessible."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from graders.reports.class_report.page import class_page
from tests.browser.conftest import Axe
from tests.reports.class_report.sample_class import sample_class

_SIZE = 40


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report on forty students, written where its links to feedback lead somewhere."""
    root = tmp_path_factory.mktemp("course")
    folder = root / "reports" / "tp_keras"
    folder.mkdir(parents=True)
    contents = sample_class(_SIZE, feedback=root / "feedback")
    for record in contents.records:
        if record.feedback:
            record.feedback.parent.mkdir(parents=True)
            record.feedback.write_text("<!doctype html><title>Retour</title>")
    file = folder / "index.html"
    file.write_text(class_page(contents, folder), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def report(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def heading(page: Page, name: str) -> Locator:
    return page.locator("#students-table thead th", has=page.get_by_role("button", name=name))


def shown(page: Page) -> Locator:
    return page.locator("#students-table tbody tr:visible")


def points(page: Page) -> list[str]:
    cells = shown(page).locator("td:nth-of-type(1)")
    found: list[str] = cells.evaluate_all("cells => cells.map(cell => cell.dataset.sort)")
    return found


def in_order(values: list[str], *, ascending: bool) -> bool:
    """Whether numbers are in order, and what has none comes last."""
    numbers = [float(value) for value in values if value]
    ordered = sorted(numbers, reverse=not ascending) == numbers
    return ordered and not any(values[len(numbers) :])


def test_the_page_has_no_grave_fault_of_accessibility_whole(report: Page, axe: Axe) -> None:
    report.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert axe(report) == []


def test_nor_on_a_phone(report: Page, axe: Axe) -> None:
    report.set_viewport_size({"width": 390, "height": 844})
    assert axe(report) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_only_tables_scroll_sideways(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 844})
    report.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert report.evaluate("document.documentElement.scrollWidth") == width


def test_a_click_on_a_heading_sorts_and_a_second_one_the_other_way(report: Page) -> None:
    points_heading = heading(report, "Points")
    points_heading.get_by_role("button").click()
    assert points_heading.get_attribute("aria-sort") == "ascending"
    assert in_order(points(report), ascending=True)
    points_heading.get_by_role("button").click()
    assert points_heading.get_attribute("aria-sort") == "descending"
    assert in_order(points(report), ascending=False)


@pytest.mark.parametrize("key", ["Enter", " "])
def test_the_keyboard_sorts_as_well(report: Page, key: str) -> None:
    heading(report, "Étudiant").get_by_role("button").focus()
    report.keyboard.press("Tab")
    report.keyboard.press(key)
    assert heading(report, "Points").get_attribute("aria-sort") == "ascending"
    assert in_order(points(report), ascending=True)


def test_one_heading_at_a_time_says_that_it_sorts(report: Page) -> None:
    for name in ("Points", "q4", "Étudiant"):
        heading(report, name).get_by_role("button").click()
        assert report.locator("[aria-sort]").count() == 1
    names = shown(report).locator("th bdi").all_inner_texts()
    assert names.index("Élève d’Apostrophe, la virgule") < names.index("Étudiant 12")


def test_a_search_needs_no_accent_and_no_capital(report: Page) -> None:
    report.get_by_label("Chercher").fill("eleve D’APO")
    assert shown(report).count() == 1
    assert report.locator("#shown").inner_text() == f"1 sur {_SIZE}"
    report.get_by_label("Chercher").fill("etu00004")
    assert shown(report).locator("th bdi").inner_text().startswith("=HYPERLINK")


def test_filters_work_together_by_keyboard(report: Page) -> None:
    report.get_by_label("Chercher").focus()
    report.keyboard.press("Tab")
    report.keyboard.type("non not")
    outcomes = shown(report).evaluate_all("rows => rows.map(row => row.dataset.outcome)")
    assert set(outcomes) == {"not gradable"}
    report.keyboard.press("Tab")
    report.keyboard.press(" ")
    assert report.get_by_label("à voir seulement").is_checked()
    assert shown(report).count() == len(outcomes)
    report.get_by_label("État").select_option("absent")
    assert shown(report).count() == 0
    assert report.locator("#shown").inner_text() == f"0 sur {_SIZE}"


def test_a_link_to_a_student_that_is_filtered_out_shows_the_row_again(report: Page) -> None:
    report.get_by_label("Chercher").fill("virgule")
    report.locator("#attention tbody a").first.click()
    assert report.locator("tr:target").is_visible()
    assert shown(report).count() == _SIZE


def test_a_link_to_feedback_opens_it(report: Page) -> None:
    shown(report).first.get_by_role("link").click()
    assert report.title() == "Retour"


def test_the_page_is_whole_without_its_script(address: str, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as context:
        still = context.new_page()
        still.goto(address)
        assert still.locator("#students-table tbody tr:visible").count() == _SIZE
        assert not still.locator(".controls").is_visible()


def test_the_page_prints_without_what_only_a_screen_can_use(report: Page) -> None:
    report.emulate_media(media="print")
    assert not report.locator("nav").is_visible()
    assert not report.locator(".controls").is_visible()
    assert shown(report).count() == _SIZE
