"""The fixtures of this folder find the faults they are there for."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Axe, Watch

_SOUND = '<!doctype html><html lang="fr"><title>Page</title><main><h1>Page</h1>{}</main></html>'


def _written(folder: Path, inside: str) -> str:
    file = folder / "page.html"
    file.write_text(_SOUND.format(inside), encoding="utf-8")
    return file.as_uri()


def test_a_sound_page_passes(page: Page, axe: Axe, tmp_path: Path) -> None:
    page.goto(_written(tmp_path, '<img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'))
    assert page.title() == "Page"
    assert axe(page) == []


def test_a_fault_of_accessibility_is_named(page: Page, axe: Axe, tmp_path: Path) -> None:
    page.goto(_written(tmp_path, "<button></button>"))
    (fault,) = axe(page)
    assert fault.startswith("critical: button-name")


@pytest.mark.parametrize(
    ("inside", "errors", "requests"),
    [
        ("<script>throw new Error('broken')</script>", 1, 0),
        ("<script>console.error('broken')</script>", 1, 0),
        ('<script src="http://outside.invalid/script.js"></script>', 1, 1),
        ('<link rel="stylesheet" href="beside.css">', 1, 1),
    ],
)
def test_what_a_self_contained_page_never_does_is_noticed(
    browser: Browser, tmp_path: Path, inside: str, errors: int, requests: int
) -> None:
    page = browser.new_page()
    watch = Watch()
    watch.attend(page)
    page.goto(_written(tmp_path, inside))
    page.close()
    assert (len(watch.errors), len(watch.requests)) == (errors, requests)
