"""Pictures of the hub for docs/, of the story that the tests tell; as root.

python -m tests.hub.publish
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from deploy.jupyterhub.sample_hub import SampleHub
from tests.browser.conftest import launched
from tests.hub.hubs import Hub
from tests.hub.story import tell

ROOT = Path(__file__).parents[2]
_COLOURS = 64


def main() -> None:
    """Tells the story on a hub of its own, and keeps its pictures."""
    sample = SampleHub(ROOT / "build" / "hub", ROOT / "build" / "hub-programs")
    sample.remove()
    try:
        sample.set_up()
        sample.start()
        with sync_playwright() as playwright, launched(playwright) as browser:
            tell(Hub(sample), browser, _keep)
    finally:
        sample.remove()


def _keep(name: str, page: Page) -> None:
    page.wait_for_timeout(500)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    file = ROOT / "docs" / "images" / f"{name}.png"
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    sys.stdout.write(f"{file}: {file.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
