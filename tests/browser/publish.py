"""Pictures of the class report for docs/, of a class made up for the tests.

python -m tests.browser.publish
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from graders.reports.class_report.page import class_page
from tests.browser.conftest import launched
from tests.reports.class_report.sample_class import AWKWARD_NAMES, sample_class

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_SIZE = 130
_COLOURS = 48
_DESKTOP, _PHONE = {"width": 1240, "height": 1250}, {"width": 390, "height": 1100}


def main() -> None:
    """Writes the pictures and says how large they are."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "index.html"
        contents = sample_class(_SIZE, feedback=Path(folder) / "feedback")
        plain = replace(contents, records=contents.records[len(AWKWARD_NAMES) :], pairs=())
        page_file.write_text(class_page(plain, Path(folder)), encoding="utf-8")
        page = launched(playwright).new_page(viewport=_DESKTOP)  # type: ignore[arg-type]
        page.goto(page_file.as_uri())
        _keep(page, "class-report")
        page.get_by_role("button", name="Points").click()
        page.get_by_role("button", name="Points").click()
        page.locator("#students").scroll_into_view_if_needed()
        page.evaluate("document.getElementById('students').scrollIntoView()")
        page.set_viewport_size({"width": 1240, "height": 560})
        _keep(page, "class-report-students")
        page.set_viewport_size(_PHONE)  # type: ignore[arg-type]
        page.evaluate("document.getElementById('marks').scrollIntoView()")
        _keep(page, "class-report-phone")


def _keep(page: Page, name: str) -> None:
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    file = IMAGES / f"{name}.png"
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    sys.stdout.write(f"{file}: {file.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
