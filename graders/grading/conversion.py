"""Running one of nbgrader's converters, and learning why it failed."""

from __future__ import annotations

import logging
from typing import Any

from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from graders.text import printable


class ConversionFailed(Exception):  # noqa: N818 - what happened, as nbclient names its own
    """A converter failed; the message is one line that says why."""


def convert(
    kind: type[BaseConverter], directory: CourseDirectory, config: Config, log: logging.Logger
) -> None:
    """Runs a converter on what `directory` names, replacing what was there.

    nbgrader logs a traceback and raises an exception that says to read the log; the cause is
    remembered here on its way there.

    Raises:
        ConversionFailed: whatever went wrong.
    """
    causes: list[Exception] = []

    class Remembering(kind):
        def init_assignment(self, *names: str) -> None:
            with _remembered(causes):
                super().init_assignment(*names)

        def convert_single_notebook(self, notebook_filename: str) -> None:
            with _remembered(causes):
                super().convert_single_notebook(notebook_filename)

    converter = Remembering(coursedir=directory, config=config, log=log, force=True)
    try:
        converter.start()
    except (NbGraderException, OSError) as error:
        raise ConversionFailed(one_line(causes[0] if causes else error)) from error


class _remembered:  # noqa: N801 - used as a function, like contextlib's own
    def __init__(self, causes: list[Exception]) -> None:
        self._causes = causes

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        if isinstance(error, Exception):
            self._causes.append(error)


def one_line(error: BaseException) -> str:
    """The first line of an error's message, with its type, at most 200 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # A message may quote a student's file: it must not speak to the terminal that shows it.
    return printable(f"{type(error).__name__}: {lines[0]}"[:200]) if lines else type(error).__name__
