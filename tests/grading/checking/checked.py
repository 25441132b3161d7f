"""Running a test cell on values, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graders.grading.checking.checker import (
    Checker,
    CheckerRun,
    CheckLimits,
    GradedCell,
)
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from graders.grading.student import export
from graders.grading.transcript import Verified
from graders.grading.values.encoding import encode
from graders.rubric import Outcome

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
PASSING = """
from graders.rubric import Finding, Outcome, Result
Result("q", (Finding("Titre", Outcome.PARTIAL, 0.5, 1, "Presque.", "Relisez."),))
"""


def bwrap() -> Path | None:
    """Without it everything works the same, but for the network and the files."""
    try:
        return find_bwrap()
    except SandboxUnavailable:
        return None


def run(
    checker: Checker,
    source: str,
    values: Mapping[str, object] | None = None,
    limits: CheckLimits | None = None,
    missing: tuple[str, ...] = (),
) -> CheckerRun:
    encoded = encode(values or {}, missing)
    cell = GradedCell(question="q", points=1, source=source, seed=5)
    return checker.run(cell, encoded.document, encoded.blob(), limits)


def run_on_models(
    checker: Checker,
    folder: Path,
    source: str,
    verified: tuple[Verified, ...] = (),
    **values: object,
) -> CheckerRun:
    export(values, values, str(folder))
    document, blob = ((folder / name).read_bytes() for name in ("values.json", "values.blob"))
    cell = GradedCell(question="test_q4_mlp", points=2, source=source, seed=5, verified=verified)
    return checker.run(cell, document, blob)


def shown(done: CheckerRun) -> str:
    """The last value of a cell that gave no result, as text."""
    assert done.result is None, done.result
    return str(done.outputs[-1]["data"]["text/plain"])


def printed(done: CheckerRun) -> str:
    return "".join(output["text"] for output in done.outputs if output["output_type"] == "stream")


def said(done: CheckerRun) -> tuple[Outcome, str]:
    assert done.result is not None
    (finding,) = done.result.findings
    assert finding.points == 0
    assert finding.maximum == 1
    return finding.outcome, finding.message
