"""Running one test cell on given values, in a process that ends afterwards."""

from __future__ import annotations

import ast
import importlib
import io
import sys
import traceback
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import TracebackType
from typing import Any

from graders.grading.checking.cell_names import PROVIDED_MODULES, names_needed, names_used
from graders.grading.values.decoding import Values
from graders.language import translate as _
from graders.rubric import CouldNotGrade, Failure, Result
from graders.text import printable

CELL = "<test cell>"
_BEGIN, _END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
_LONGEST_VALUE = 2_000
# What an answer of the wrong kind makes a visible line raise; anything else is the machine's.
_ABOUT_THE_ANSWER = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class Stop(StrEnum):
    """Why a test cell did not come to its end."""

    ASSERTION = "a visible assertion"
    EXCEPTION = "a visible line that the answer is of the wrong kind for"
    HIDDEN_ASSERTION = "a hidden assertion"
    UNEXPECTED = "an exception that says nothing of the answer"
    REFUSAL = "a check that refuses the answer"
    NOTHING_TO_JUDGE = "a check that finds nothing to judge"
    MISSING = "a name that the student's cells never defined"
    UNREADABLE_VALUES = "values that are none"
    EXIT = "the cell ended its process"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a test cell ended: its result, or the text of its last value, or why it stopped.

    `unverified` names the models whose training is the student's own word.
    """

    printed: str = ""
    result: Result | None = None
    shown: str | None = None
    stop: Stop | None = None
    message: str = ""
    hint: str = ""
    missing: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return {**asdict(self), "result": self.result and self.result.to_data()}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Ending:
        """Read `to_data`'s form, and nothing else.

        Raises:
            ValueError, TypeError, KeyError: whatever else `data` is.
        """
        texts = [data["printed"], data["message"], data["hint"], data["shown"] or ""]
        if any(type(text) is not str for text in (*texts, *data["missing"], *data["unverified"])):
            raise TypeError("Texts were expected.")
        changed = {
            "result": None if data["result"] is None else Result.from_json(data["result"]),
            "stop": None if data["stop"] is None else Stop(data["stop"]),
            "missing": tuple(data["missing"]),
            "unverified": tuple(data["unverified"]),
        }
        return cls(**{**data, **changed})


def run_cell(source: str, values: Values, most_characters: int) -> Ending:
    """Run a test cell; whatever it raises becomes an ending that a student may read."""
    try:
        used, needed = names_used(source), names_needed(source)
        tree = ast.parse(source, CELL)
    except SyntaxError:
        return Ending(stop=Stop.UNEXPECTED, message="SyntaxError")
    if absent := tuple(sorted(needed - values.values.keys())):
        return Ending(stop=Stop.MISSING, missing=absent)
    namespace: dict[str, Any] = {"__name__": "__main__", "display": print}
    namespace |= {
        name: importlib.import_module(PROVIDED_MODULES[name])
        for name in used & PROVIDED_MODULES.keys()
    }
    namespace |= {name: values.values[name] for name in needed}
    output = BoundedText(most_characters)
    with redirect_stdout(output):
        ending = _run(tree, source, namespace)
    return replace(ending, printed=output.text())


def _run(tree: ast.Module, source: str, namespace: dict[str, Any]) -> Ending:
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value = None
    try:
        exec(compile(tree, CELL, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), CELL, "eval"), namespace)
        if isinstance(value, Result):
            return Ending(result=value)
        return Ending(shown=None if value is None else shortened(repr(value)))
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - tests may fail so
        return _ending(error, source)


def _ending(error: BaseException, source: str) -> Ending:
    """What an exception says, and to whom."""
    if isinstance(error, CouldNotGrade | Failure):
        judged = isinstance(error, Failure)
        stop = Stop.REFUSAL if judged else Stop.NOTHING_TO_JUDGE
        return Ending(stop=stop, message=error.message, hint=error.hint)
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return Ending(stop=Stop.EXIT)
    if isinstance(error, NameError) and error.name and _raised_by_the_cell_itself(error):
        return Ending(stop=Stop.MISSING, missing=(error.name,))
    line = _line(error.__traceback__)
    if line is None or line in hidden_lines(source):
        return _hidden_ending(error)
    if isinstance(error, (AssertionError, *_ABOUT_THE_ANSWER)):
        return _visible_ending(error, _code(source, line))
    return Ending(stop=Stop.UNEXPECTED, message=type(error).__name__)


def _visible_ending(error: BaseException, code: str) -> Ending:
    if isinstance(error, AssertionError):
        message = printable(_text(error)) or _("N’est pas vérifié : {code}").format(code=code)
        return Ending(stop=Stop.ASSERTION, message=printable(message))
    message = printable(_("{error} : {text}").format(error=type(error).__name__, text=_text(error)))
    return Ending(stop=Stop.EXCEPTION, message=message, hint=code)


def _hidden_ending(error: BaseException) -> Ending:
    """Nothing of a hidden line is told, its message included: it may hold the answer."""
    if isinstance(error, AssertionError):
        return Ending(stop=Stop.HIDDEN_ASSERTION)
    return Ending(stop=Stop.UNEXPECTED, message=type(error).__name__)


def hidden_lines(source: str) -> frozenset[int]:
    """Numbers of the lines that students do not see, markers included; the first line is 1."""
    hidden, found = False, set()
    for number, line in enumerate(source.splitlines(), 1):
        hidden = hidden or _BEGIN in line
        if hidden:
            found.add(number)
        hidden = hidden and _END not in line
    return frozenset(found)


def shortened(text: str, length: int = _LONGEST_VALUE) -> str:
    """A text without anything that cannot be saved, cut to a length."""
    kept = text.encode("utf-8", "replace").decode()
    return kept if len(kept) <= length else kept[: length - 1] + "…"


class BoundedText(io.TextIOBase):
    """What a cell prints, up to a number of characters; the rest is dropped."""

    def __init__(self, most_characters: int) -> None:
        self._parts: list[str] = []
        self._left = most_characters
        self._cut = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._cut = self._cut or len(text) > self._left
        kept = text[: self._left]
        self._left -= len(kept)
        if kept:
            self._parts.append(kept)
        return len(text)

    def text(self) -> str:
        """What was kept, and a line that says so when something was not."""
        kept = shortened("".join(self._parts), sys.maxsize)
        return "\n".join((kept, _("… (la suite n’est pas montrée)"), "")) if self._cut else kept


def _line(trace: TracebackType | None) -> int | None:
    """Number of the innermost line of the cell itself."""
    lines = [
        number for frame, number in traceback.walk_tb(trace) if frame.f_code.co_filename == CELL
    ]
    return lines[-1] if lines else None


def _raised_by_the_cell_itself(error: BaseException) -> bool:
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_code.co_filename == CELL


def _code(source: str, line: int) -> str:
    """A visible line of the test, which the student has too."""
    lines = source.splitlines()
    return printable(lines[line - 1].strip())


def _text(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - the message may hold a value that refuses to be shown
        return ""
