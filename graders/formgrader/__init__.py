"""What formgrader's page does when it grades: a Jupyter server extension beside nbgrader's own.

Jupyter's configuration in `graders.json` enables it; installing this project puts it in place.
nbgrader's Autograde button grades within the server's only thread: no page answers anybody until
it has ended (jupyter/nbgrader#1232). Here the same button, and one more for a whole class, run
`graders grade` in a process of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from graders.formgrader.desk import GradingDesk
from graders.formgrader.handlers import DESK, addresses

_TEMPLATES = Path(__file__).parent


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "graders.formgrader"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Answers at the address of nbgrader's button, before nbgrader does.

    Jupyter loads extensions in the order of their names, and the first to claim an address
    has it.
    """
    server.web_app.settings[DESK] = GradingDesk()
    server.web_app.add_handlers(".*$", addresses(server.web_app.settings["base_url"]))


async def _start_jupyter_server_extension(server: Any) -> None:
    """Puts the button for a class into formgrader's page, once formgrader is loaded."""
    environment = server.web_app.settings.get("nbgrader_jinja2_env")
    if environment is None:
        server.log.warning("graders.formgrader: nbgrader's formgrader is not enabled here.")
        return
    theirs, ours = environment.loader, FileSystemLoader(_TEMPLATES)
    environment.loader = ChoiceLoader([ours, theirs, PrefixLoader({"nbgrader": theirs})])
