from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from graders.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "data" / "README.md"])
BLOCKS = re.compile(r"```(?:console|sh|bash)?\n(.*?)```", re.DOTALL)
LINKS = re.compile(r"\]\(([^)#:\s]+)\)")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    missing = [
        link for link in LINKS.findall(page.read_text()) if not (page.parent / link).exists()
    ]
    assert missing == []


@each_page
def test_every_make_target_of_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text()
    told = {line for block in BLOCKS.findall(text) for line in block.splitlines()}
    told |= set(re.findall(r"`(make [a-z-]+)`", text))
    assert {line.split()[1] for line in told if line.startswith("make ")} <= targets


@each_page
def test_every_graders_command_of_a_page_exists_with_its_options(page: Path) -> None:
    text = page.read_text()
    told = [line for block in BLOCKS.findall(text) for line in block.splitlines()]
    told += re.findall(r"`(graders [^`]+)`", text)
    for line in told:
        words = line.split("#")[0].split()
        if words[:1] == ["graders"] and words[1:]:
            command = get_command(app)
            while (subcommands := getattr(command, "commands", {})) and words[1:]:
                command = subcommands[words.pop(1)]
            options = {option for found in command.params for option in found.opts}
            assert {word for word in words[1:] if word.startswith("--")} <= options, line


@each_page
def test_every_module_a_page_runs_exists(page: Path) -> None:
    modules = re.findall(r"python -m ((?:tests|graders)[.\w]*)", page.read_text())
    paths = [ROOT / module.replace(".", "/") for module in modules]
    assert [
        path for path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())
    ] == []
