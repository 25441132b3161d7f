from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graders.extensions import ExtensionsError, parse_extensions, read_extensions
from graders.lateness import Extension

HEADER = "login,assignment,until\n"

DATES = [
    ("2026-12-01 18:00 Europe/Paris", datetime(2026, 12, 1, 17, tzinfo=UTC)),
    ("2026-07-01 18:00 Europe/Paris", datetime(2026, 7, 1, 16, tzinfo=UTC)),
    ("2026-12-01T18:00:30+01:00", datetime(2026, 12, 1, 17, 0, 30, tzinfo=UTC)),
    ("2026-12-01 18:00 +0100", datetime(2026, 12, 1, 17, tzinfo=UTC)),
    ("2026-12-01 18:00:00 UTC", datetime(2026, 12, 1, 18, tzinfo=UTC)),
    ("2026-12-01T18:00Z", datetime(2026, 12, 1, 18, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), DATES)
def test_a_date_is_read_in_its_time_zone(text: str, moment: datetime) -> None:
    found = parse_extensions(f"{HEADER}alice,tp_keras,{text}\n")
    assert found == {("alice", "tp_keras"): Extension(moment)}


def test_a_student_may_be_excused() -> None:
    assert parse_extensions(f"{HEADER}alice,tp_keras,excused")["alice", "tp_keras"].excused


def test_semicolons_a_mark_of_order_and_empty_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    text = 'login;assignment;until\r\n\r\n"élise; b";tp_keras; excused \r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_extensions(path) == {("élise; b", "tp_keras"): Extension()}


def test_a_course_without_a_list_has_no_extensions(tmp_path: Path) -> None:
    assert read_extensions(tmp_path / "extensions.csv") == {}


REFUSED = [
    ("", ["line 1", "''", "login,assignment,until"]),
    ("login,until\n", ["line 1", "'login,until'"]),
    (HEADER + "a,tp\n", ["line 2", "received 2 columns", "expected 3"]),
    (HEADER + "a,tp,excused,\n", ["line 2", "received 4 columns"]),
    (HEADER + "a,tp,excused\n,tp,excused\n", ["line 3", "column login", "received nothing"]),
    (HEADER + "a,,excused\n", ["line 2", "column assignment", "received nothing"]),
    (HEADER + "a,tp,\n", ["line 2", "column until", "received nothing", "Europe/Paris"]),
    (HEADER + "a,tp,Excused\n", ["line 2", "column until", "'Excused'", "Europe/Paris"]),
    (HEADER + "a,tp,2026-12-01 18:00\n", ["column until", "time zone"]),
    (HEADER + "a,tp,2026-12-01 18:00 CET\n", ["column until", "time zone"]),
    (HEADER + "a,tp,2026-12-01 18:00 Europe/Pariss\n", ["column until", "Pariss"]),
    (HEADER + "a,tp,2026-12-01 18:00 ../../etc\n", ["column until", "etc"]),
    (HEADER + "a,tp,01/12/2026 18:00 UTC\n", ["column until", "01/12/2026"]),
    (HEADER + "a,tp,2026-02-30 18:00 UTC\n", ["column until", "2026-02-30"]),
    (HEADER + "a,tp,2026-12-01 18:00 +99:00\n", ["column until", "+99:00"]),
    (HEADER + "a,tp,0001-01-01 00:00 +01:00\n", ["column until", "0001-01-01"]),
    (HEADER + "a,tp,2026-03-29 02:30 Europe/Paris\n", ["column until", "change of clocks"]),
    (HEADER + "a,tp,excused\nb,tp,excused\na,tp,excused\n", ["line 4", "'a'", "line 2"]),
    (HEADER + 'a,tp,"excused\n', ["line 2", "CSV"]),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_not_understood_is_refused_where_it_stands(text: str, words: list[str]) -> None:
    with pytest.raises(ExtensionsError) as refusal:
        parse_extensions(text, "extensions.csv")
    for word in ["extensions.csv", "eceived", *words]:
        assert word in str(refusal.value)


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    path.write_bytes(HEADER.encode() + "élise,tp,excused".encode("latin-1"))
    with pytest.raises(ExtensionsError, match="UTF-8"):
        read_extensions(path)
