from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from nbgrader.utils import parse_utc

from graders.reports.moodle.dates import nbgrader_timestamp, read_date
from tests.reports.moodle.samples import ENGLISH_DATE, FRENCH_DATE

PARIS = ZoneInfo("Europe/Paris")
DATES = {
    ENGLISH_DATE: datetime(2026, 1, 12, 21, 15, tzinfo=UTC),
    FRENCH_DATE: datetime(2026, 1, 12, 21, 15, tzinfo=UTC),
    "12 August 2026, 12:00 AM": datetime(2026, 8, 11, 22, 0, tzinfo=UTC),
    "Wednesday, 12 August 2026, 12:05 PM": datetime(2026, 8, 12, 10, 5, tzinfo=UTC),
    "mercredi 12 août 2026, 09:05": datetime(2026, 8, 12, 7, 5, tzinfo=UTC),
    "Sunday, 1 February 2026, 8:00\u202fAM": datetime(2026, 2, 1, 7, 0, tzinfo=UTC),
}


@pytest.mark.parametrize(("written", "moment"), DATES.items(), ids=DATES)
def test_a_date_of_moodle_is_read_in_its_zone(written: str, moment: datetime) -> None:
    assert read_date(written, PARIS) == moment


@pytest.mark.parametrize(
    "text", ["-", "", "hier", "31 février 2026, 10:00", "12 mois 2026, 10:00", "1 mai 2026, 25:00"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, PARIS) is None


def test_nbgrader_reads_the_timestamp_that_is_written() -> None:
    moment = datetime(2026, 7, 1, 10, 0, tzinfo=PARIS)
    assert parse_utc(nbgrader_timestamp(moment)) == datetime(2026, 7, 1, 8, 0)
