"""What surrounds the notebook: its name, links, dates; without running anything."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from graders.grading.repair import NotRepairable
from graders.grading.repair.aside import recorded_mends
from graders.grading.repair.folder import copy_submission, handed_in, prepare
from tests.grading.repair.damaged import SOURCE, answered, released

NAME = "deep_learning_keras"
SOURCES = {NAME: SOURCE}
STAMP = "2026-11-20 10:00:00.000000 UTC"
ASKED = f"{NAME}.ipynb"


def filled() -> str:
    return json.dumps(answered())


def blank() -> str:
    return json.dumps(released())


def submission(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in {"timestamp.txt": STAMP, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1_800_000_000, 1_800_000_000))
    return folder


def content(folder: Path) -> dict[str, str]:
    """Every file and link of a folder; a link as what it points to."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else path.read_text()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def kinds(folder: Path) -> list[str]:
    return [mend.kind.value for mend in prepare(folder, SOURCES)]


def test_an_intact_submission_is_not_touched(tmp_path: Path) -> None:
    folder = submission(tmp_path, {ASKED: filled(), "modele.keras": "x", "images/a.png": "y"})
    before = content(folder)
    assert prepare(folder, SOURCES) == ()
    assert content(folder) == before


NAMES: dict[str, tuple[Mapping[str, str], str, list[str]]] = {
    "a second download": (
        {f"{NAME} (1).ipynb": filled()},
        f"{NAME} (1).ipynb",
        ["renamed notebook"],
    ),
    "the student's name": (
        {"tp_keras_DUPONT.ipynb": filled()},
        "tp_keras_DUPONT.ipynb",
        ["renamed notebook"],
    ),
    "a folder of its own": ({f"TP/{ASKED}": filled()}, f"TP/{ASKED}", ["renamed notebook"]),
    "another suffix": ({f"{ASKED}.txt": filled()}, f"{ASKED}.txt", ["renamed notebook"]),
    "the blank one beside": (
        {ASKED: blank(), "copie.ipynb": filled()},
        "copie.ipynb",
        ["renamed notebook"],
    ),
    "a broken one beside": (
        {ASKED: "{", "copie.ipynb": filled()},
        "copie.ipynb",
        ["renamed notebook"],
    ),
    "a draft beside": ({ASKED: filled(), "brouillon.ipynb": filled()}, ASKED, ["extra notebook"]),
    "two blank ones": ({ASKED: blank(), "copie.ipynb": blank()}, ASKED, ["extra notebook"]),
    "another course's": (
        {f"{NAME}_2.ipynb": filled(), "tp1.ipynb": '{"cells": []}'},
        f"{NAME}_2.ipynb",
        ["renamed notebook", "extra notebook"],
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_the_notebook_is_known_by_its_cells_and_nothing_handed_in_is_lost(
    case: str, tmp_path: Path
) -> None:
    files, graded, expected = NAMES[case]
    folder = submission(tmp_path, files)
    assert kinds(folder) == expected
    assert (folder / ASKED).read_text() == files[graded]
    assert [mend.kind.value for mend in recorded_mends(folder)] == expected
    kept = content(folder)
    assert all(
        text in (kept.get(name), kept.get(f".original/{name}")) for name, text in files.items()
    )
    assert kinds(folder) == expected


def test_a_new_upload_beside_our_copy_of_the_old_one_counts(tmp_path: Path) -> None:
    folder = submission(tmp_path, {"copie.ipynb": filled()})
    prepare(folder, SOURCES)
    second = filled().replace("ma_reponse", "ma_seconde_reponse")
    submission(folder, {"copie.ipynb": second})
    assert kinds(folder) == ["renamed notebook"]
    assert (folder / ASKED).read_text() == second


NOTHING: dict[str, Mapping[str, str]] = {
    "no notebook": {"rapport.pdf": "x"},
    "a folder of its name": {f"{ASKED}/{ASKED}": filled()},
    "another notebook": {"tp1.ipynb": '{"cells": [{"cell_type": "code", "source": "x = 1"}]}'},
    "the release's texts alone": {"notes.ipynb": '{"cells": [], "metadata": {}}'},
}


@pytest.mark.parametrize("case", NOTHING)
def test_a_submission_without_its_notebook_is_refused_in_one_line(
    case: str, tmp_path: Path
) -> None:
    folder = submission(tmp_path, NOTHING[case])
    with pytest.raises(NotRepairable) as raised:
        prepare(folder, SOURCES)
    assert "\n" not in str(raised.value)


def test_links_are_set_aside_and_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "notes.txt").write_text("secret")
    folder = submission(tmp_path / "remise", {ASKED: filled(), "images/a.png": "y"})
    (folder / "a.txt").symlink_to(secret / "notes.txt")
    (folder / "images" / "b").symlink_to(secret)
    (folder / "nulle-part").symlink_to("/nulle/part")
    os.mkfifo(folder / "tube")
    copy_submission(folder, tmp_path / "copie")
    assert kinds(tmp_path / "copie") == ["link"] * 3
    assert kinds(folder) == ["link"] * 4
    for prepared in (folder, tmp_path / "copie"):
        left = {path for path in content(prepared) if not path.startswith(".original/")}
        assert left == {ASKED, "images/a.png", "timestamp.txt"}
        assert "secret" not in content(prepared).values()
    assert kinds(folder) == ["link"] * 4


def test_a_notebook_that_is_a_link_is_no_notebook(tmp_path: Path) -> None:
    (tmp_path / "ailleurs.ipynb").write_text(filled())
    folder = submission(tmp_path / "remise", {})
    (folder / ASKED).symlink_to(tmp_path / "ailleurs.ipynb")
    with pytest.raises(NotRepairable, match="aucun notebook"):
        prepare(folder, SOURCES)


def test_a_link_in_place_of_our_own_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    folder = submission(tmp_path / "remise", {f"{NAME} (1).ipynb": filled()})
    (folder / ".original").symlink_to(elsewhere)
    assert kinds(folder) == ["link", "renamed notebook"]
    assert not any(elsewhere.iterdir())


def test_nothing_is_written_through_a_students_own_folder_of_that_name(tmp_path: Path) -> None:
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    folder = submission(tmp_path / "remise", {f"{NAME} (1).ipynb": filled(), ".original/a": "b"})
    (folder / ".original" / "record.json").symlink_to(elsewhere / "profil")
    (folder / ".original" / "images").symlink_to(elsewhere)
    (folder / "images").mkdir()
    (folder / "images" / "b").symlink_to("/nulle/part")
    assert kinds(folder) == ["link"] * 3 + ["renamed notebook"]
    assert kinds(folder) == ["link"] * 3 + ["renamed notebook"]
    assert not any(elsewhere.iterdir())


def test_a_folder_in_place_of_the_timestamp_is_set_aside(tmp_path: Path) -> None:
    folder = submission(tmp_path, {ASKED: filled()})
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").mkdir()
    assert kinds(folder) == ["timestamp"]


Change = Callable[[Path], object]
DATES: dict[str, Change] = {
    "missing": lambda stamp: stamp.unlink(),
    "empty": lambda stamp: stamp.write_text(""),
    "not a date": lambda stamp: stamp.write_text("hier soir"),
    "not text": lambda stamp: stamp.write_bytes(b"\xff\xfe\x00"),
    "endless": lambda stamp: stamp.write_text("1" * 10_000),
    "out of range": lambda stamp: stamp.write_text("99999999999999999999"),
}


@pytest.mark.parametrize("case", DATES)
def test_without_a_valid_timestamp_the_notebooks_own_date_counts(case: str, tmp_path: Path) -> None:
    folder = submission(tmp_path, {ASKED: filled()})
    DATES[case](folder / "timestamp.txt")
    expected = datetime(2027, 1, 15, 8, 0)
    assert handed_in(folder) == expected
    assert kinds(folder) == ["timestamp"]
    assert handed_in(folder) == expected
    assert (folder / "timestamp.txt").read_text() == "2027-01-15 08:00:00.000000 UTC"
    assert kinds(folder) == ["timestamp"]


def test_a_submission_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.grading.repair.folder._MOST_FILES", 3)
    folder = submission(tmp_path / "remise", {ASKED: filled(), "a": "", "b": ""})
    with pytest.raises(NotRepairable, match="fichiers"):
        copy_submission(folder, tmp_path / "copie")


def test_a_copy_can_be_written_whatever_the_submission_allows(tmp_path: Path) -> None:
    folder = submission(tmp_path / "remise", {"images/copie.ipynb": filled()})
    (folder / "images" / "copie.ipynb").chmod(0o400)
    (folder / "images").chmod(0o500)
    copy_submission(folder, tmp_path / "copie")
    assert kinds(tmp_path / "copie") == ["renamed notebook"]
    assert (tmp_path / "copie" / ASKED).stat().st_mode & 0o200
    (folder / "images").chmod(0o700)
