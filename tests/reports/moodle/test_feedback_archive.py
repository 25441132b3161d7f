"""Moodle takes every page, for the right participant, whatever the name."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.reports.moodle.feedback_archive import Page, page_path, write_feedback
from tests.reports.moodle.moodle_reading import pages_taken


def archive(*pages: Page) -> bytes:
    file = io.BytesIO()
    write_feedback(pages, file)
    return file.getvalue()


def test_a_folder_is_named_as_moodle_names_it() -> None:
    assert page_path(123, "Étudiant Un", "tp.html") == (
        "Étudiant Un_123_assignfeedback_file_/tp.html"
    )


def test_without_a_name_the_number_is_enough() -> None:
    assert page_path(123, "", "tp.html") == "Participant_123_assignfeedback_file_/tp.html"


NAMES = (
    "Nom_avec_soulignés",
    "_9_assignfeedback_file_",
    "Étudiant, Un",
    "../../Un",
    "/Un",
    ".Un",
    "~Un",
    '<b>"Un"</b>',
    "é" * 200,
    "Un\nDeux",
    "C:\\Un",
)


@pytest.mark.parametrize("name", NAMES)
def test_moodle_takes_the_page_of_any_name(name: str) -> None:
    content = archive(Page(7, name, "tp_keras.html", b"page"))
    assert pages_taken(content, [7, 9]) == {7: {"tp_keras.html": b"page"}}


@pytest.mark.parametrize("file_name", [".tp.html", "~tp.html", "~.~tp.html"])
def test_a_page_is_never_named_as_one_that_moodle_passes_over(file_name: str) -> None:
    content = archive(Page(7, "Étudiant Un", file_name, b"page"))
    assert pages_taken(content, [7]) == {7: {"tp.html": b"page"}}


@given(
    st.dictionaries(st.integers(1, 10**9), st.tuples(st.text(max_size=200), st.binary(max_size=9))),
    st.text(min_size=1, max_size=60).map(lambda stem: f"{stem}.html"),
)
def test_moodle_takes_every_page_for_its_participant(
    written: dict[int, tuple[str, bytes]], file_name: str
) -> None:
    file_name = file_name.replace("/", "").replace("\\", "")
    pages = [Page(number, name, file_name, page) for number, (name, page) in written.items()]
    taken = pages_taken(archive(*pages), written)
    assert {number: tuple(files.values()) for number, files in taken.items()} == {
        number: (page,) for number, (_, page) in written.items()
    }
    assert all(len(page_path(p.participant, p.name, p.file_name)) <= 255 for p in pages)


def test_the_same_pages_make_the_same_archive() -> None:
    page = Page(1, "Étudiant Un", "tp.html", b"page")
    assert archive(page) == archive(page)


def test_names_are_told_to_be_in_utf8() -> None:
    with ZipFile(io.BytesIO(archive(Page(1, "Étudiant Un", "tp.html", b"")))) as written:
        assert written.infolist()[0].flag_bits & 0x800
