"""The page is whole, harmless, in order, and says what was found, for whoever reads it how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from nbformat.v4 import new_output

from graders.language import speaking
from graders.lateness import Lateness
from graders.reports.feedback.contents import Facts
from graders.reports.feedback.page import render
from graders.reports.feedback.reading import feedback_of
from graders.rubric import Result
from tests.reports.feedback.examined import (
    CODE,
    LAYERS,
    RESULTS,
    TEXTS,
    examined,
    facts,
)
from tests.reports.feedback.html_reading import Page, read

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">"\'&éà_, ' + "x" * 200
DUE = datetime(2026, 12, 1, 18, tzinfo=UTC)


def page(known: Facts | None = None, results: Mapping[str, Result] = RESULTS) -> Page:
    notebook = examined(results)
    return read(render(feedback_of(notebook, known or facts(notebook, results=results))))


def test_it_tells_the_mark_and_that_it_may_grow() -> None:
    text = page().text
    assert "Camille Exemple · cexemple" in text
    assert "5,41 / 20 note provisoire" in text
    assert "6 réponses attendent encore d’être lues par votre enseignant" in text


def test_every_finding_and_what_to_look_at_are_told() -> None:
    text = page().text
    for result in RESULTS.values():
        for finding in result.findings:
            for told in (finding.title, finding.message, finding.hint):
                assert " ".join(told.split()) in text


def test_an_error_is_told_and_an_answer_that_was_never_written_is_not_called_one() -> None:
    notebook = examined()
    known = facts(notebook)
    assert "s’est arrêté sur une erreur : NameError" in page(known).text
    known = replace(known, unanswered=frozenset({"q8_initialisation"}))
    shown = page(known).text
    assert "NameError" not in shown
    assert shown.count("Vous n’avez pas répondu.") == 1


def test_what_a_person_wrote_and_what_waits_for_one_are_told() -> None:
    text = page().text
    assert "Très bien, et la formule est la bonne." in text
    assert "Votre enseignant n’a pas encore lu cette réponse." in text
    assert "Vous n’avez pas répondu." in text
    assert "Votre enseignant notera cette réponse lui-même." in text


def test_mends_accidents_and_errors_are_told_plainly() -> None:
    text = page().text
    assert "La cellule q4_mlp avait changé de place : elle a été remise à la sienne." in text
    assert "Question 10 : la cellule a dépassé sa durée limite." in text
    assert "NameError: name 'poids_initiaux' is not defined" in text


def test_a_notebook_without_mend_or_accident_says_nothing_of_them() -> None:
    notebook = examined()
    notebook.metadata["graders"] = {"isolated": True}
    shown = read(render(feedback_of(notebook, facts(notebook)))).text
    assert "réparer" not in shown
    notebook.metadata["graders"] = {"isolated": False}
    assert "sans isolation" in read(render(feedback_of(notebook, facts(notebook)))).text


def test_layers_curve_and_confusion_have_their_words() -> None:
    text = page().text
    assert "Votre modèle mlp, tel que le correcteur l’a compris" in text
    assert "couche absente − il manque une fonction d’activation" in text
    assert "Apprentissage : 0,98 après la première époque, 0,28 après la dernière." in text
    assert "votre modèle en reconnaît 98,28 %" in text
    assert "un 4 pris pour un 9 (41 images)" in text


@pytest.mark.parametrize(
    ("lateness", "told"),
    [
        (None, ""),
        (Lateness("c", DUE, DUE), ""),
        (Lateness("c", DUE + timedelta(1), DUE), "avec 1 jour de retard. Ce retard ne coûte aucun"),
        (
            Lateness("c", DUE + timedelta(2), DUE, penalty=1.5),
            "avec 2 jours de retard. Ce retard coûte 1,5 point, déjà retiré du total.",
        ),
        (
            Lateness("c", DUE + timedelta(2), DUE, DUE + timedelta(3)),
            "Rendu dans le délai supplémentaire qui vous a été accordé.",
        ),
        (Lateness("c", DUE + timedelta(9), DUE, excused=True), "aucun retard n’est compté"),
        (Lateness("c", penalty=2), "Le retard coûte 2 points, déjà retirés du total."),
    ],
)
def test_lateness_is_told_and_counted(lateness: Lateness | None, told: str) -> None:
    known = facts(examined())
    shown = page(replace(known, lateness=lateness)).text
    assert told in shown
    assert ("retard" in shown) == ("retard" in told)
    assert (
        f"{5.41 - known.penalty - (lateness.penalty if lateness else 0):.2f}".rstrip("0").replace(
            ".", ","
        )
        in shown
    )


def test_lateness_costs_no_more_than_was_earned() -> None:
    assert "0 / 20" in page(replace(facts(examined()), lateness=Lateness("c", penalty=15))).text


def test_it_loads_nothing_and_runs_nothing() -> None:
    shown = page()
    policy = [meta for meta in shown.all("meta") if "http-equiv" in meta.attributes]
    assert policy[0].attributes["content"].startswith("default-src 'none'; img-src data:;")
    assert shown.all("script", "link", "iframe", "object", "embed", "base", "form") == []
    for element in shown.elements:
        assert not [name for name in element.attributes if name.startswith("on")]
        assert element.attributes.get("src", "data:").startswith("data:")
        assert element.attributes.get("href", "#").startswith("#")


def test_whatever_a_student_is_called_or_writes_is_shown_and_never_runs() -> None:
    notebook = examined(code=dict.fromkeys(CODE, HOSTILE), texts=dict.fromkeys(TEXTS, HOSTILE))
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.outputs:
            cell.outputs = [
                new_output("stream", text=f"{HOSTILE}\x1b[31m\x00\ud800"),
                new_output("error", ename=HOSTILE, evalue=HOSTILE, traceback=[HOSTILE]),
                new_output("display_data", data={"text/html": HOSTILE}),
                new_output("display_data", data={"text/plain": HOSTILE}),
                new_output("display_data", data={"image/png": f'"{HOSTILE}'}),
                new_output("display_data", data={"image/svg+xml": f"<svg>{HOSTILE}</svg>"}),
                new_output("display_data", data={"application/javascript": "alert(1)"}),
            ]
    known = facts(notebook, name=HOSTILE, student=HOSTILE)
    known = replace(known, comments=dict.fromkeys(known.marks, HOSTILE))
    html = render(feedback_of(notebook, known))
    shown = read(html)
    assert shown.all("script") == []
    assert [each for each in shown.all("img") if "onerror" in each.attributes] == []
    assert "\x1b" not in html
    html.encode("utf-8")
    assert HOSTILE[:20] in shown.text


def test_headings_go_down_one_level_at_a_time_and_names_are_unique() -> None:
    shown = page()
    levels = [int(element.tag[1]) for element in shown.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    names = [each.attributes["id"] for each in shown.elements if "id" in each.attributes]
    assert len(names) == len(set(names))
    links = {each.attributes["href"][1:] for each in shown.all("a")}
    assert links <= set(names)
    assert {"content", "q1", "q11"} <= links


def test_tables_and_pictures_can_be_heard() -> None:
    shown = page()
    ours = [each for each in shown.all("th") if "scope" in each.attributes]
    assert len(shown.all("th")) - len(ours) == 2  # of the table that the student wrote
    assert all("aria-labelledby" in each.attributes for each in shown.all("svg", "section"))
    assert len(shown.all("main")) == len(shown.all("h1")) == 1
    assert shown.all("html")[0].attributes["lang"] == "fr"


def test_the_number_of_parameters_stays_unsaid_for_it_answers_another_question() -> None:
    assert LAYERS.parameters == 39_760
    assert "39 760" not in page().text


def test_a_model_without_a_difference_is_folded() -> None:
    result = RESULTS["test_q4_mlp"]
    right = replace(LAYERS, rows=(LAYERS.rows[0], *LAYERS.rows[-2:]))
    shown = page(results={"test_q4_mlp": replace(result, exhibits=(right,))})
    assert "couche par couche : tout est conforme à l’énoncé" in shown.text
    assert "tout est conforme" not in page().text


def test_in_english_no_french_of_the_page_is_left() -> None:
    # Findings are told in the language they were made in: these say nothing.
    mute = {
        name: replace(
            result,
            findings=tuple(
                replace(each, title="-", message="", hint="") for each in result.findings
            ),
        )
        for name, result in RESULTS.items()
    }
    notebook = examined(mute)
    with speaking("en"):
        shown = read(render(feedback_of(notebook, facts(notebook))))
    assert shown.all("html")[0].attributes["lang"] == "en"
    assert "98.28%" in shown.text
    assert shown.all("h1")[0].attributes["lang"] == "fr"  # the notebook's own words
    assert not re.search(r"[Vv]otre (enseignant|modèle|code)|Ce que|réussi|Aller au", shown.text)


def test_a_notebook_of_another_course_is_shown_as_well() -> None:
    """No heading, no result of ours: a plain nbgrader assignment."""
    notebook = examined(results={}, code={}, texts={})
    notebook.cells = [cell for cell in notebook.cells if "grade_id" in str(cell.metadata)]
    notebook.metadata.pop("graders")
    shown = read(render(feedback_of(notebook, facts(notebook, results={}))))
    assert "Retour sur votre travail" in shown.text
