"""Moodle's archives are read in all their forms; what Moodle cannot have made is refused."""

from __future__ import annotations

import io
import stat
import warnings
from collections.abc import Mapping
from pathlib import PurePosixPath
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.reports.moodle.refusal import MoodleFileError
from graders.reports.moodle.safe_names import safe_part
from graders.reports.moodle.submission_names import HandedIn, read_name
from graders.reports.moodle.submissions_archive import Archive, Bounds, read_archive
from tests.reports.moodle.samples import archive_of

FOLDER = "Étudiant Un_123_assignsubmission_file"


def read(files: Mapping[str, bytes], bounds: Bounds | None = None) -> Archive:
    with ZipFile(io.BytesIO(archive_of(files))) as archive:
        return read_archive(archive.infolist(), bounds or Bounds())


FORMS = {
    "folders since 4.1": f"{FOLDER}/tp.ipynb",
    "folders before": f"{FOLDER}_/tp.ipynb",
    "no folders": f"{FOLDER}_tp.ipynb",
    "packed again in a folder": f"remises/{FOLDER}_/tp.ipynb",
    "packed again by Windows": f"remises\\{FOLDER}_\\tp.ipynb",
    "packed again with dots": f"./{FOLDER}//tp.ipynb",
}


@pytest.mark.parametrize("name", FORMS.values(), ids=FORMS)
def test_every_form_of_moodle_is_read(name: str) -> None:
    assert read_name(name) == HandedIn(123, "Étudiant Un", ("tp.ipynb",))


NAMES = {
    "a group": ("TD 2-Étudiant Un", "TD 2-Étudiant Un"),
    "underscores": ("Nom_avec_soulignés", "Nom_avec_soulignés"),
    "numbers": ("Un 2_3", "Un 2_3"),
    "a comma and quotes": ('Un, "d\'Étudiant"', 'Un, "d\'Étudiant"'),
    "HTML": ("<b>Un<b>", "<b>Un<b>"),
    "200 characters": ("é" * 200, "é" * 200),
    "two lines": ("Un\nDeux", "Un\nDeux"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("written", "name"), NAMES.values(), ids=NAMES)
def test_any_name_leaves_the_number_to_be_read(written: str, name: str) -> None:
    found = read_name(f"{written}_7_assignsubmission_file/tp_keras_final.ipynb")
    assert found == HandedIn(7, name, ("tp_keras_final.ipynb",))


def test_a_file_named_after_another_participant_stays_its_owner_s() -> None:
    for separator in ("/", "_"):
        found = read_name(f"Un_1_assignsubmission_file{separator}Deux_2_assignsubmission_file_x")
        assert found is not None
        assert found.participant == 1


LEFT_OUT = (
    "__MACOSX/._Un_1_assignsubmission_file/tp.ipynb",
    f"{FOLDER}/.ipynb_checkpoints/tp-checkpoint.ipynb",
    f"{FOLDER}/__MACOSX/tp.ipynb",
    f"{FOLDER}/.DS_Store",
    f"{FOLDER}/timestamp.txt",
    f"{FOLDER}_Timestamp.TXT",
    "Un_1_assignsubmission_onlinetext/onlinetext.html",
    "Un_1_assignfeedback_file/page.html",
    "Un_x1_assignsubmission_file/tp.ipynb",
    "tp.ipynb",
    FOLDER,
)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_no_student_handed_in_is_left_out(name: str) -> None:
    assert read_name(name) is None


def test_a_timestamp_of_a_student_deeper_in_its_folders_is_a_file_like_another() -> None:
    assert read_name(f"{FOLDER}/donnees/timestamp.txt") is not None


SAFE = {
    "tp.ipynb": "tp.ipynb",
    "Mon TP (été).ipynb": "Mon TP (été).ipynb",
    "e\u0301.txt": "é.txt",
    "con": "_con",
    "AUX.ipynb": "_AUX.ipynb",
    "lpt1.tar.gz": "_lpt1.tar.gz",
    'a<b>:"|?*.txt': "a_b______.txt",
    "tab\tnull\x00.txt": "tab_null_.txt",
    "end. . ": "end",
    " ": "_",
    "...": "_",
}


@pytest.mark.parametrize(("written", "safe"), SAFE.items())
def test_a_name_is_made_one_that_any_system_holds(written: str, safe: str) -> None:
    assert safe_part(written) == safe


@given(st.text(min_size=1, max_size=300))
def test_a_safe_name_is_one_part_of_a_path_and_stays_as_it_is(text: str) -> None:
    name = safe_part(text.replace("/", "").replace("\\", ""))
    assert 0 < len(name.encode("utf-8")) <= 255
    assert name not in (".", "..")
    assert safe_part(name) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_part("é" * 250 + ".ipynb")
    assert name.endswith("é.ipynb")
    assert len(name.encode()) <= 255


LEADING_OUT = (
    "../tp.ipynb",
    f"{FOLDER}/../../tp.ipynb",
    f"{FOLDER}/..",
    f"{FOLDER}\\..\\..\\tp.ipynb",
    "/etc/tp.ipynb",
    f"/{FOLDER}/tp.ipynb",
    f"C:\\{FOLDER}\\tp.ipynb",
    f"c:{FOLDER}/tp.ipynb",
    "\\\\server\\share\\tp.ipynb",
)


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_path_that_leads_out_refuses_the_archive(name: str) -> None:
    with pytest.raises(MoodleFileError, match="leads out of it"):
        read({f"{FOLDER}/tp.ipynb": b"{}", name: b"x"})


@given(st.lists(st.text(max_size=40) | st.sampled_from(["..", ".", FOLDER]), max_size=6))
def test_no_path_whatever_leads_out(parts: list[str]) -> None:
    try:
        found = read_name("/".join(parts))
    except MoodleFileError:
        return
    if found is not None:
        path = PurePosixPath(*found.parts)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert len(path.parts) == len(found.parts)


def special(mode: int) -> ZipInfo:
    entry = ZipInfo(f"{FOLDER}/tp.ipynb")
    entry.external_attr = mode << 16
    return entry


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_a_special_file_refuses_the_archive(kind: int) -> None:
    with pytest.raises(MoodleFileError, match="a link or a special file"):
        read_archive([special(kind | 0o777)], Bounds())


def test_an_ordinary_file_of_unix_is_taken() -> None:
    assert read_archive([special(stat.S_IFREG | 0o644)], Bounds()).submissions


def test_an_encrypted_file_refuses_the_archive() -> None:
    entry = special(0)
    entry.flag_bits |= 1
    with pytest.raises(MoodleFileError, match="encrypted"):
        read_archive([entry], Bounds())


def test_a_file_packed_as_moodle_never_does_refuses_the_archive() -> None:
    entry = special(0)
    entry.compress_type = ZIP_LZMA
    with pytest.raises(MoodleFileError, match="rare way"):
        read_archive([entry], Bounds())


def test_an_entry_that_stands_twice_refuses_the_archive() -> None:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(f"{FOLDER}/tp.ipynb", "one")
        archive.writestr(f"{FOLDER}/tp.ipynb", "two")
    with ZipFile(buffer) as archive, pytest.raises(MoodleFileError, match="2 times"):
        read_archive(archive.infolist(), Bounds())


def test_an_archive_without_submissions_says_where_to_find_one() -> None:
    with pytest.raises(MoodleFileError, match="Download all submissions"):
        read({"tp.ipynb": b"{}"})


def test_too_many_entries_refuse_the_archive() -> None:
    files = {f"Un_{n}_assignsubmission_file/tp.ipynb": b"" for n in range(5)}
    with pytest.raises(MoodleFileError, match="5 entries, expected 4 at most"):
        read(files, Bounds(archive_entries=4))


def test_too_many_bytes_refuse_the_archive() -> None:
    files = {f"Un_{n}_assignsubmission_file/tp.ipynb": bytes(10) for n in range(5)}
    with pytest.raises(MoodleFileError, match="50 bytes, expected 49 at most"):
        read(files, Bounds(archive_bytes=49))


OTHER = "Étudiante Deux_124_assignsubmission_file/tp.ipynb"
EXCESS: dict[str, tuple[dict[str, bytes], Bounds, str]] = {
    "bytes": ({f"{FOLDER}/a": b"x" * 11}, Bounds(submission_bytes=10), "MiB, expected"),
    "files": (
        {f"{FOLDER}/{n}": b"" for n in range(3)},
        Bounds(submission_files=2),
        "3 files, expected 2",
    ),
    "a bomb": ({f"{FOLDER}/a": bytes(3 * 2**20)}, Bounds(), "times its size"),
    "depth": ({f"{FOLDER}/{'a/' * 9}b": b""}, Bounds(), "more than 8 deep"),
    "one name": (
        {f"{FOLDER}/a?.ipynb": b"", f"{FOLDER}/a*.ipynb": b""},
        Bounds(),
        "two of its files have the same name",
    ),
    "one name in two forms": (
        {f"{FOLDER}/a.ipynb": b"", f"{FOLDER}_a.ipynb": b""},
        Bounds(),
        "two of its files have the same name",
    ),
    "a file and a folder": (
        {f"{FOLDER}/a": b"", f"{FOLDER}/a/b": b""},
        Bounds(),
        "the name of one of its folders",
    ),
}


@pytest.mark.parametrize(("files", "bounds", "reason"), EXCESS.values(), ids=EXCESS)
def test_what_a_student_does_costs_no_other_submission(
    files: dict[str, bytes], bounds: Bounds, reason: str
) -> None:
    first, second = read({**files, OTHER: b"{}"}, bounds).submissions
    assert (first.participant, second.participant) == (123, 124)
    assert reason in first.refused
    assert second.refused == ""


def test_a_refused_bomb_does_not_count_in_the_archive_s_size() -> None:
    files = {f"{FOLDER}/a": bytes(3 * 2**20), OTHER: b"{}"}
    assert read(files, Bounds(archive_bytes=2**20)).submissions[0].refused


def test_files_of_one_participant_are_put_together_with_their_folders() -> None:
    (only,) = read(
        {f"{FOLDER}/tp.ipynb": b"{}", f"{FOLDER}/images/a.png": b"x", f"{FOLDER}/b.txt": b""}
    ).submissions
    assert set(map(str, only.files)) == {"tp.ipynb", "images/a.png", "b.txt"}
    assert (only.name, only.has_notebook, only.refused) == ("Étudiant Un", True, "")


def test_a_submission_without_a_notebook_is_known() -> None:
    assert not read({f"{FOLDER}/rapport.pdf": b"x"}).submissions[0].has_notebook


def test_names_written_in_utf8_without_saying_so_are_read() -> None:
    entry = ZipInfo(f"{FOLDER}/été.ipynb".encode().decode("cp437"))
    (only,) = read_archive([entry], Bounds()).submissions
    assert only.name == "Étudiant Un"
    assert list(map(str, only.files)) == ["été.ipynb"]
