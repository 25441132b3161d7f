"""Every line of the published tables holds, and the page shows them as they are."""

from __future__ import annotations

import re

import pytest

from graders.rubric import Finding, Outcome
from tests.answer_keys.accepted import ACCEPTED
from tests.answer_keys.publish import PAGE, page
from tests.answer_keys.refused import REFUSED
from tests.answer_keys.variants import Accepted, Refused, Target, findings

# What a message about each must not give away, unless the student wrote it.
ANSWERS: dict[Target, set[str]] = {
    "mlp": {"sigmoid", "softmax"},
    "lenet": {"sigmoid", "softmax", "same"},
    "compile mlp": {"categorical_crossentropy", "sgd", "accuracy", "categorical_accuracy"},
    "compile lenet": {"categorical_crossentropy", "adam", "accuracy", "categorical_accuracy"},
}
NUMBER = r"(?<![\w.,])\d+(?:[.,]\d+)?(?:e-?\d+)?(?!\w)"
SGD_RATE = 0.01  # the default, which a student who writes SGD() does not write


def refusals(variant: Refused) -> list[Finding]:
    found = findings(variant.target, variant.source)
    return [finding for finding in found if finding.outcome is not Outcome.PASSED]


@pytest.mark.parametrize("variant", ACCEPTED, ids=lambda v: f"{v.target}: {v.description}")
@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
def test_a_right_answer_earns_full_marks_however_it_is_written(variant: Accepted) -> None:
    found = findings(variant.target, variant.code)
    assert [finding for finding in found if finding.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize("variant", REFUSED, ids=lambda v: f"{v.target}: {v.description}")
def test_a_wrong_answer_is_refused_at_the_right_place_and_only_there(variant: Refused) -> None:
    refused = refusals(variant)
    titles = [finding.title.lower() for finding in refused]
    assert len(titles) == len(variant.places)
    for place in variant.places:
        assert any(place.lower() in title for title in titles), titles
    told = " ".join(finding.message for finding in refused).replace("\xa0", " ")
    for word in variant.words:
        assert word in told


@pytest.mark.parametrize("variant", REFUSED, ids=lambda v: f"{v.target}: {v.description}")
def test_a_message_never_gives_the_answer_nor_a_traceback(variant: Refused) -> None:
    code = " ".join(variant.code)
    for finding in refusals(variant):
        told = f"{finding.message} {finding.hint}"
        assert not re.search("Traceback|Error", told)
        assert numbers(told) <= numbers(code) | {SGD_RATE}
        assert ANSWERS[variant.target] & words(told) <= words(code)


def numbers(text: str) -> set[float]:
    return {float(number.replace(",", ".")) for number in re.findall(NUMBER, text)}


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def test_both_tables_are_as_long_as_promised_and_repeat_nothing() -> None:
    assert len({(v.target, v.code) for v in ACCEPTED}) == len(ACCEPTED) >= 60
    assert len({(v.target, v.source) for v in REFUSED}) == len(REFUSED) >= 100


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
def test_the_published_page_is_in_step() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run python -m tests.answer_keys.publish."
