"""A submission's notebook, examined: answers run in the student kernel, tests in the checker."""

from __future__ import annotations

import logging

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from graders.grading.answering import Setting, is_test, name_of, run_answers, seed_of
from graders.grading.checking.checker import Checker, CheckerRun, GradedCell
from graders.grading.checking.known_classes import KnownClasses
from graders.grading.checking.results import unjudged_result
from graders.grading.harmless import harmless_output, harmless_settings
from graders.grading.trainings.service import TrainingService
from graders.grading.transcript import Answer, Evidence, Transcript
from graders.language import language
from graders.language import translate as _
from graders.rubric import Result


def examine(
    notebook: NotebookNode,
    setting: Setting,
    checker: Checker,
    log: logging.Logger,
    trainings: TrainingService | None = None,
) -> Transcript:
    """Runs every code cell of `notebook`, in place, and returns what the tests judged.

    Raises:
        StartError: the student kernel could not be started.
        CheckerError: the checker could not be started.
    """
    transcript = run_answers(notebook, setting, log, trainings)
    judge_answers(notebook, transcript, checker, setting.assignment)
    return transcript


def judge_answers(
    notebook: NotebookNode,
    transcript: Transcript,
    checker: Checker,
    assignment: str,
    known: KnownClasses | None = None,
) -> None:
    """Fills in every code cell's outputs: the student's from the transcript, tests' anew.

    `known` are measures of models in place of the checker's own.

    What is told of either is in the current language, whatever it was when the answers ran.

    Raises:
        CheckerError: the checker could not be started.
    """
    executed = 0
    for cell in notebook.cells:
        harmless_settings(cell)
    for position, found in transcript.cells:
        cell = notebook.cells[position]
        if isinstance(found, Answer):
            executed = found.count or executed
            _show(cell, found)
            continue
        executed += 1
        run = _judged(cell, found, transcript, checker, assignment, known)
        cell.execution_count = executed
        if run.unverified:
            cell.metadata["graders"] = {"unverified": list(run.unverified)}
        cell.outputs = [from_dict(dict(output)) for output in run.outputs]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = executed
    earlier = notebook.metadata.get("graders", {})
    notebook.metadata["graders"] = {
        **earlier,
        **transcript.summary(),
        "language": language(),
    }


def _show(cell: NotebookNode, answer: Answer) -> None:
    cell.outputs = [harmless_output(from_dict(output)) for output in answer.outputs]
    if answer.notice:
        text = _("Accident : {reason}.").format(reason=_(answer.notice)) + "\n"
        cell.outputs.append(new_output("stream", name="stderr", text=text))
    cell.execution_count = answer.count
    cell.metadata["graders"] = {
        "wall_seconds": round(answer.wall_seconds, 2),
        "cpu_seconds": round(answer.cpu_seconds, 2),
    }


def _judged(
    cell: NotebookNode,
    evidence: Evidence,
    transcript: Transcript,
    checker: Checker,
    assignment: str,
    known: KnownClasses | None,
) -> CheckerRun:
    question, points = name_of(cell), float(cell.metadata.nbgrader["points"])
    if evidence.unsound:
        reason = _(evidence.unsound).format(names=", ".join(evidence.names))
        return _unjudged(unjudged_result(question, points, reason))
    graded = GradedCell(
        question=question,
        points=points,
        source=cell.source,
        seed=seed_of(assignment, question),
        verified=transcript.verified,
    )
    return checker.run(graded, evidence.document, evidence.blob, known=known)


def _unjudged(result: Result) -> CheckerRun:
    output = {
        "output_type": "execute_result",
        "metadata": {},
        "execution_count": None,
        "data": result._repr_mimebundle_(),
    }
    return CheckerRun((output,), result)


__all__ = ["Setting", "examine", "is_test", "judge_answers", "name_of", "seed_of"]
