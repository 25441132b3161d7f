"""The addresses of formgrader that grade."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.base import (
    BaseApiHandler,
    check_notebook_dir,
    check_xsrf,
)
from tornado import web

from graders.formgrader.desk import ClassRun, Ended, GradingDesk

DESK = "graders_grading_desk"
_GRADEBOOK = "nbgrader_gradebook"


class _Grading(BaseApiHandler):
    @property
    def desk(self) -> GradingDesk:
        return self.settings[DESK]

    @property
    def course(self) -> Path:
        return Path(self.coursedir.root)

    def forget_gradebook(self) -> None:
        """Another process has written marks: formgrader reads them anew, from the file."""
        if (known := self.settings.get(_GRADEBOOK)) is not None:
            self.settings[_GRADEBOOK] = None
            known.close()


class AutogradeOne(_Grading):
    """nbgrader's own address for the Autograde button, and its own form of an answer."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, assignment: str, student: str) -> None:
        """Grades one submission; other pages are answered meanwhile."""
        ended = await self.desk.grade_one(self.course, assignment, student)
        self.forget_gradebook()
        self.write(json.dumps(_as_nbgrader_tells(ended)))


class AutogradeClass(_Grading):
    """A class graded in parallel, and how far it has come."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self, assignment: str) -> None:
        """How far it has come."""
        run = self.desk.class_run(assignment)
        if run is not None and run.code is not None:
            self.forget_gradebook()
        self.write(json.dumps(_as_shown(run)))

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, assignment: str) -> None:
        """Starts it; 409 while a class is being graded."""
        force = bool((self.get_json_body() or {}).get("force"))
        run = self.desk.grade_class(self.course, assignment, force=force)
        if run is None:
            raise web.HTTPError(HTTPStatus.CONFLICT, "A class is being graded already.")
        self.write(json.dumps(_as_shown(run)))


def addresses(base_url: str) -> list[tuple[str, type[_Grading]]]:
    """The handlers by address, below `base_url`."""
    api = url_path_join(base_url, "formgrader/api")
    return [
        (rf"{api}/submission/([^/]+)/([^/]+)/autograde", AutogradeOne),
        (rf"{api}/class/([^/]+)/autograde", AutogradeClass),
    ]


def _as_nbgrader_tells(ended: Ended) -> dict[str, Any]:
    log = "\n".join(ended.lines)
    if ended.code == 0:
        return {"success": True, "log": log}
    return {"success": False, "log": log, "error": _what_went_wrong(ended)}


def _what_went_wrong(ended: Ended) -> str:
    if ended.finished:
        return "The submission could not be graded, and was given no mark: the log says why."
    told = [line for line in ended.lines if line.startswith("graders: ")]
    return told[-1] if told else f"Grading ended with code {ended.code}: the log says more."


def _as_shown(run: ClassRun | None) -> dict[str, Any]:
    if run is None:
        return {"state": "none", "done": 0, "total": 0, "lines": []}
    done, total = run.counted
    state = "running" if run.code is None else "ended"
    return {"state": state, "code": run.code, "done": done, "total": total, "lines": run.lines}
