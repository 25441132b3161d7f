"""Writes docs/what-is-accepted.md from the tables of accepted and refused answers.

python -m tests.answer_keys.publish
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graders.rubric import Outcome
from tests.answer_keys.accepted import ACCEPTED
from tests.answer_keys.refused import REFUSED
from tests.answer_keys.variants import BASES, TITLES, Refused, Target, findings, whole

PAGE = Path(__file__).parents[2] / "docs" / "what-is-accepted.md"

_INTRODUCTION = f"""# What is accepted, and what is refused

Generated from the tables in `tests/answer_keys/` by `python -m tests.answer_keys.publish`; a test
fails when this page is out of step with them, and each line is a test of its own.

- **{len(ACCEPTED)} right answers**, however they are written: all earn full marks.
- **{len(REFUSED)} wrong answers**, each one change away from a right one: all are refused, at the
  right place and nowhere else. The last column is what the student reads: what was found and what
  kind of thing is wrong, never the answer. A sign tells what the place still earns: ◐ a part of
  its points, ✗ nothing, ? a person has to look.
"""
_SIGNS = {Outcome.PARTIAL: "◐", Outcome.FAILED: "✗", Outcome.COULD_NOT_GRADE: "?"}


def page() -> str:
    """The whole page."""
    return "\n".join((_INTRODUCTION, *_accepted(), *_refused()))


def _accepted() -> Iterator[str]:
    yield "## Accepted\n"
    for target, title in TITLES.items():
        yield f"### {title}\n"
        for variant in ACCEPTED:
            if variant.target != target:
                continue
            if "\n" in variant.code:
                yield f"{variant.description} :\n\n```python\n{variant.code}\n```\n"
            else:
                yield f"{_text(variant.description.partition(' : ')[0])} : `{variant.code}`\n"


def _refused() -> Iterator[str]:
    yield "## Refused\n"
    for target, title in TITLES.items():
        variants = [variant for variant in REFUSED if variant.target == target]
        if not variants:
            continue
        yield f"### {title}\n"
        yield f"The right answer they start from:\n\n```python\n{_base(target)}\n```\n"
        yield "| change | right | written instead | what the student reads |"
        yield "|---|---|---|---|"
        yield from (_row(variant) for variant in variants)
        yield ""


def _base(target: Target) -> str:
    if target.startswith("compile"):
        return whole(target, BASES[target])
    layers = "".join(f"    {line},\n" for line in BASES[target])
    return f"modele = Sequential([\n{layers}])"


def _row(variant: Refused) -> str:
    first, last = variant.lines
    told = "<br>".join(
        f"{_SIGNS[finding.outcome]} **{_text(finding.title)}** : {_text(finding.message)}"
        for finding in findings(variant.target, variant.source)
        if finding.outcome is not Outcome.PASSED
    )
    right, written = _code(BASES[variant.target][first:last]), _code(variant.code)
    return f"| {_text(variant.description)} | {right} | {written} | {told} |"


def _code(lines: tuple[str, ...]) -> str:
    if len(lines) > 5:
        lines = (*lines[:2], "…", *lines[-2:])
    return "<br>".join(f"`{line}`" for line in lines if line) or "–"


def _text(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
