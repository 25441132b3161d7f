"""Where attacks are run: a course on disk, a host that listens and has a secret, one checker."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graders.grading.answering import Setting
from graders.grading.checking.checker import Checker
from graders.grading.course import Course
from graders.grading.examination import examine
from graders.grading.isolation.confinement import Confined, Isolation
from graders.grading.isolation.limits import GIB, MIB, Limits
from graders.grading.isolation.sandbox import find_bwrap
from graders.grading.release import generate_release
from graders.grading.scoring import mark_of
from graders.grading.workshop import isolation_for
from tests.attacks.attack import Attack, Mark
from tests.attacks.attacked_course import ASSIGNMENT, RIGHT, attacked_source, submission
from tests.grading.isolation.kernels import survivors
from tests.grading.tiny_course import REPOSITORY, hand_in, make_course

MARKER = "m4rk3r-of-the-host"
FRIEND = "a-friend-s-answer"

LIMITS = Limits(
    memory_bytes=3 * GIB,
    writable_bytes=32 * MIB,
    shared_bytes=64 * MIB,
    file_bytes=600 * MIB,
    cell_seconds=120,
    interrupt_seconds=2,
)


@dataclass
class Watched:
    """An isolation that holds on to the namespaces of processes it has made.

    Held, a namespace keeps its number, which nobody else's sandbox gets then.
    """

    isolation: Isolation
    namespaces: list[int] = field(default_factory=list)

    @property
    def isolated(self) -> bool:
        """As the isolation's."""
        return self.isolation.isolated

    def start(self, limits: Limits) -> Confined:
        """As the isolation's."""
        confined = self.isolation.start(limits)
        first = Path(f"/proc/self/fdinfo/{confined._leader}").read_text()
        pid = dict(line.split(":\t", 1) for line in first.splitlines())["Pid"]
        self.namespaces.append(os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY | os.O_CLOEXEC))
        return confined

    def survivors(self) -> list[str]:
        """Processes of its sandboxes that should have ended; asked once of each sandbox."""
        found = []
        while self.namespaces:
            namespace = self.namespaces.pop()
            found += survivors(str(Path(f"/proc/self/fd/{namespace}").readlink()))
            os.close(namespace)
        return found


@dataclass(frozen=True)
class Arena:
    """The attacked host."""

    course: Course
    isolation: Watched
    checker: Checker
    listeners: tuple[socket.socket, ...]
    tokens: Mapping[str, str]

    def run(
        self, answers: Mapping[str, str], limits: Mapping[str, float]
    ) -> tuple[NotebookNode, dict[str, Mark]]:
        """An executed submission, and its marks by test cell."""
        notebook = submission({name: self._told(text) for name, text in answers.items()})
        setting = Setting(
            assignment=ASSIGNMENT,
            isolation=self.isolation,
            limits=replace(LIMITS, **limits),  # type: ignore[arg-type]
            mnist="/run/grader/mnist.npz",
        )
        examine(notebook, setting, self.checker, logging.getLogger("attacks"))
        tests = [cell for cell in notebook.cells if cell.id.startswith("test")]
        return notebook, {
            cell.metadata.nbgrader["grade_id"]: mark_of(cell).points for cell in tests
        }

    def attacked(self, attack: Attack) -> tuple[NotebookNode, dict[str, Mark]]:
        """The same for an attack."""
        return self.run(attack.answers, attack.limits)

    def visitors(self) -> int:
        """How many have connected to the host."""
        return sum(map(_has_visitor, self.listeners))

    def _told(self, source: str) -> str:
        for token, value in self.tokens.items():
            source = source.replace(token, value)
        return source


@contextmanager
def open_arena(folder: Path) -> Iterator[Arena]:
    """A host with everything an attack could want; all of it is gone afterwards."""
    course = make_course(folder / "course", attacked_source())
    generate_release(course, ASSIGNMENT, logging.getLogger("attacks"))
    hand_in(course, "friend", {**RIGHT, "word": f'word = "{FRIEND}"'})
    os.environ["GRADER_SECRET"] = MARKER
    with ExitStack() as stack:
        stack.callback(os.environ.pop, "GRADER_SECRET")
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        path, abstract = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        path.bind(str(folder / "socket"))
        abstract.bind(f"\0{folder / 'socket'}")
        for listener in (path, abstract):
            listener.listen()
        os.environ["GRADERS_MNIST"] = str(REPOSITORY / "data" / "mnist.npz")
        isolation = Watched(isolation_for("sandbox"))
        checker = stack.enter_context(
            Checker(find_bwrap(), preload=("graders.answer_keys.tp_keras",))
        )
        tokens = {
            "@COURSE@": str(course.root),
            "@PROJECT@": str(REPOSITORY),
            "@PORT@": str(tcp.getsockname()[1]),
            "@SOCKET@": str(folder / "socket"),
            "@PID@": str(os.getpid()),
        }
        yield Arena(course, isolation, checker, (tcp, path, abstract), tokens)


def shown(notebook: NotebookNode) -> str:
    """Everything the cells of an executed notebook show."""
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return json.dumps(outputs, ensure_ascii=False)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, with its content's digest; links are not followed."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def written(notebook: NotebookNode) -> str:
    """A notebook as a file holds it."""
    return str(nbformat.writes(notebook))


def _has_visitor(listener: socket.socket) -> bool:
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True
