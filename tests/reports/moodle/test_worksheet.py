"""A worksheet comes back as Moodle wrote it, with marks that Moodle reads as they were meant."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.reports.moodle.csv_table import write_table
from graders.reports.moodle.numbers import rescaled
from graders.reports.moodle.refusal import MoodleFileError
from graders.reports.moodle.worksheet import filled, read_worksheet
from tests.reports.moodle.moodle_reading import marks_taken
from tests.reports.moodle.samples import ENGLISH, FRENCH, Row, Sheet

GRADE = ENGLISH.index("Grade")
HARD_NAMES = (
    "Étudiant, Un",
    'Étudiante "Deux"',
    "Nom_avec_soulignés",
    "<b>Nom</b> & <script>alert(1)</script>",
    '=HYPERLINK("http://example.org")',
    "é" * 200,
    "Nom\nsur deux lignes",
    "名前 مثال",
)


def filled_bytes(content: bytes, marks: dict[int, Decimal | None]) -> bytes:
    return write_table(filled(read_worksheet(content), marks))


def lines(content: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    text = io.StringIO(content.decode(encoding), newline="")
    return list(csv.reader(text, delimiter=delimiter))


@pytest.mark.parametrize("french", [True, False], ids=["French", "English"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_everything_but_the_marks_stays(
    french: bool, encoding: str, delimiter: str, line_end: str
) -> None:
    names = [name for name in HARD_NAMES if encoding.startswith("utf") or name.isascii()]
    rows = [
        Row(n, name=name, comment="Très bien,\nou presque ; « oui »\t!")
        for n, name in enumerate(names)
    ]
    sheet = Sheet(rows, french, encoding, delimiter, line_end)
    untouched, changed = sheet.content(), filled_bytes(sheet.content(), {1: Decimal(12)})
    assert filled_bytes(untouched, {}) == untouched
    before, after = (lines(content, encoding, delimiter) for content in (untouched, changed))
    before[2][GRADE] = "12"
    assert after == before
    assert changed.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert (b"\r\n" in changed) == (line_end == "\r\n")


def test_a_worksheet_that_a_spreadsheet_saved_as_unicode_text_stays_so() -> None:
    sheet = Sheet([Row(1)], encoding="utf-16", delimiter="\t")
    assert filled_bytes(sheet.content(), {}) == sheet.content()


def test_columns_may_stand_in_another_order_among_others() -> None:
    content = (
        b"Last modified (grade);Maximum Grade;Username;Identifier;Grade\n-;10;un;Participant 7;\n"
    )
    assert filled_bytes(content, {7: Decimal("7.5")}) == (
        b"Last modified (grade);Maximum Grade;Username;Identifier;Grade\n"
        b"-;10;un;Participant 7;7.5\n"
    )


@pytest.mark.parametrize(
    ("french", "maximum", "earlier", "written"),
    [
        (True, "20,00", "", "12,50"),
        (True, "20", "", "12,5"),
        (True, "20.00", "", "12.50"),
        (False, "20.00", "", "12.50"),
        (False, "20", "", "12.5"),
        (False, "20", "3,5", "12,5"),
    ],
)
def test_the_decimal_mark_is_the_worksheet_s_else_its_language_s(
    french: bool, maximum: str, earlier: str, written: str
) -> None:
    sheet = Sheet([Row(1, maximum=maximum), Row(2, maximum=maximum, grade=earlier)], french)
    content = filled_bytes(sheet.content(), {1: Decimal("12.5")})
    assert lines(content, "utf-8-sig", ",")[1][GRADE] == written


def test_an_earlier_mark_is_emptied_for_who_waits_and_left_for_who_is_not_named() -> None:
    sheet = Sheet([Row(1, grade="8"), Row(2, grade="9")])
    after = lines(filled_bytes(sheet.content(), {1: None}), "utf-8-sig", ",")
    assert [line[GRADE] for line in after[1:]] == ["", "9"]


def test_a_row_tells_the_participant() -> None:
    rows = [
        Row(12, name="Étudiant Un", email="un@example.org", maximum="20,00", changeable=False),
        Row(13),
    ]
    first, second = read_worksheet(Sheet(rows, french=True).content()).participants
    assert (first.number, first.name, first.email) == (12, "Étudiant Un", "un@example.org")
    assert (first.maximum, first.locked, second.locked) == (Decimal(20), True, False)


def test_an_anonymous_worksheet_of_an_old_moodle_is_read() -> None:
    content = (
        b"Identifier,Status,Grade,Maximum Grade,Last modified (grade)\nParticipant45,-,,20,-\n"
    )
    (only,) = read_worksheet(content).participants
    assert (only.number, only.name, only.email) == (45, "", "")


HEADER = ",".join(ENGLISH)
REFUSED = {
    "nothing": ("", "without columns"),
    "no table": ("Bonjour", "without columns"),
    "an endless cell": ('"' + "x" * 200_000, "without columns"),
    "an endless comment": (f"{HEADER}\nParticipant 1{',' * 9}{'x' * 200_000}", "field limit"),
    "another table": ("login,email\nun,un@example.org\n", "'Identifier' or 'Identifiant'"),
    "a scale": (HEADER.replace("Maximum Grade", "Scale"), "with a scale"),
    "no dates": (HEADER.replace("Last modified (grade)", "Date"), "'Last modified (grade)'"),
    "two marks": (f"{HEADER},Grade", "two columns 'Grade'"),
    "a short row": (f"{HEADER}\nParticipant 1,Nom\n", "2 columns in line 2"),
    "quotes left open": (f'{HEADER}\n"Participant 1', "not valid CSV"),
    "no number": (f"{HEADER}\nNom,,,,,20,,,,\n", "identifier 'Nom'"),
    "no maximum": (f"{HEADER}\nParticipant 1,,,,,-,,,,\n", "a maximum of '-'"),
    "a maximum of 0": (f"{HEADER}\nParticipant 1,,,,,0,,,,\n", "a maximum of '0'"),
    "a row twice": (f"{HEADER}\n" + "Participant 1,,,,,20,,,,\n" * 2, "stands in 2 rows"),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_worksheet_is_refused_in_one_line(content: str, told: str) -> None:
    with pytest.raises(MoodleFileError) as refusal:
        read_worksheet(content.encode())
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_a_worksheet_or_a_refusal(content: bytes) -> None:
    with suppress(MoodleFileError):
        assert read_worksheet(content).table.header


points = st.integers(0, 80).map(lambda quarters: quarters / 4) | st.floats(0, 20)
names = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r"),
    max_size=200,
)


@given(
    earned=st.lists(points | st.none(), min_size=1, max_size=8),
    name=names,
    maximum=st.sampled_from(["20", "100", "10,00", "5,5"]),
    french=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_moodle_reads_the_marks_that_were_meant_and_no_other(
    earned: list[float | None],
    name: str,
    maximum: str,
    french: bool,
    encoding: str,
    delimiter: str,
) -> None:
    shown = maximum if french else maximum.replace(",", ".")
    most = Decimal(maximum.replace(",", "."))
    rows = [Row(n, name=name, maximum=shown, comment=name) for n in range(len(earned))]
    sheet = Sheet(rows, french, encoding, delimiter)
    marks = {
        number: None if points is None else rescaled(points, 20, most)
        for number, points in enumerate(earned)
    }
    taken = marks_taken(
        filled_bytes(sheet.content(), marks),
        encoding,
        delimiter,
        FRENCH[GRADE] if french else ENGLISH[GRADE],
        float(most),
    )
    expected = {
        n: points / 20 * float(most) for n, points in enumerate(earned) if points is not None
    }
    assert taken == pytest.approx(expected, abs=1e-5)
