"""Attacks on the files by which values leave the sandbox."""

from __future__ import annotations

from tests.attacks.attack import UNJUDGED, Attack, on_model, on_number

# Every file the host asks for is first made by the honest function, then by the attacker's.
_AFTER_EXPORT = """
import os, pathlib
import graders.grading.student as student
honest = student.export
def export(names, namespace, directory, label):
    honest(names, namespace, directory, label)
    for suffix in ("json", "blob"):
        change(pathlib.Path(directory) / f"{label}.{suffix}")
student.export = export
"""


def _instead(name: str, tries: str, change: str) -> Attack:
    source = f"def change(path):\n    {change}\n{_AFTER_EXPORT}"
    return on_number(name, tries, source, UNJUDGED)


_FORGED_MODEL = """
import json, pathlib, struct
import graders.grading.student as student
from graders.grading.values.encoding import FORMAT
from graders.models.architecture import Architecture
from graders.models.operations import Activation, Dense
from graders.models.portable import dump
from graders.models.snapshot import Snapshot
layers = Dense({units}), Activation("sigmoid"), Dense(10), Activation("softmax")
made = dump(Snapshot(Architecture((784,), layers), None))
mlp = 0
def export(names, namespace, directory, label):
    sizes = [len(made.header), len(made.blob)]
    document = {{"format": FORMAT, "values": [["mlp", ["model", *sizes]]], "missing": []}}
    (pathlib.Path(directory) / f"{{label}}.json").write_text(json.dumps(document))
    padding = bytes(-len(made.header) % 64)
    blob = made.header + padding + made.blob
    (pathlib.Path(directory) / f"{{label}}.blob").write_bytes(blob)
student.export = export
"""

CHANNELS = (
    _instead(
        "links to the host",
        "put a symbolic link to the gradebook in place of the values",
        'path.unlink(); path.symlink_to("@COURSE@/gradebook.db")',
    ),
    _instead(
        "links in the sandbox",
        "put a symbolic link to a file of the grader in place of the values",
        'path.unlink(); path.symlink_to("/run/grader/mnist.npz")',
    ),
    on_number(
        "hard links",
        "link files of the host into the shared directory",
        """
import glob, os
paths = "/run/grader/mnist.npz", "/usr/bin/env", "/etc/passwd", "/dev/null"
for number, path in enumerate(paths):
    for target in ("/shared", "/tmp", "/home/etudiant"):
        try:
            os.link(path, f"{target}/{number}")
            print("linked", path)
        except OSError as error:
            print(error.strerror)
""",
    ),
    _instead(
        "a pipe",
        "put a named pipe in place of the values, so that the grader waits for ever",
        "path.unlink(); os.mkfifo(path)",
    ),
    _instead(
        "a socket",
        "put a listening socket in place of the values",
        "import socket; path.unlink(); socket.socket(socket.AF_UNIX).bind(str(path))",
    ),
    _instead(
        "a directory",
        "put a directory in place of the values",
        "path.unlink(); path.mkdir()",
    ),
    _instead(
        "a huge document",
        "write a document of half a gigabyte, most of it holes",
        "os.truncate(path, 500 * 2**20)",
    ),
    _instead(
        "a deep document",
        "write JSON nested a million times, with numbers of a million digits",
        'path.write_text("[" * 10**6) if path.suffix == ".json" else path.write_text("9" * 10**6)',
    ),
    on_number(
        "files that change",
        "rewrite every shared file from a thread while the grader reads",
        """
import pathlib, threading, time
document = '{"format": "graders-values/1", "values": [["the_number", ["int", 41]]], "missing": []}'
def rewrite():
    while True:
        for path in pathlib.Path("/shared").glob("*.json"):
            try:
                path.write_text(document)
            except OSError:
                pass
        time.sleep(0.0005)
for _ in range(4):
    threading.Thread(target=rewrite, daemon=True).start()
""",
        racing=True,
    ),
    on_number(
        "names without end",
        "answer the question which variables exist with a hundred megabytes",
        """
import pathlib
import graders.grading.student as student
def present(names, directory, file):
    with open(f"{directory}/{file}", "wb") as written:
        for _ in range(20):
            written.write(b"the_number\\nword\\nmlp\\n" * 2**18)
student.present = present
""",
        UNJUDGED,
    ),
    on_model(
        "a forged wrong model",
        "claim in the grader's own format a model that was never built, a wrong one",
        _FORGED_MODEL.format(units=99),
        1.5,
    ),
    on_model(
        "a forged right model",
        "claim the right model without weights: this takes the right answer, and earns the same",
        _FORGED_MODEL.format(units=100),
        2,
    ),
    on_number(
        "an early end",
        "end the cell with a forged message, then change the values while they are read",
        """
import threading, time
kernel = get_ipython().kernel
parent = kernel.get_parent("shell")
def flicker():
    while True:
        globals()["the_number"] = 41.5
        globals().pop("the_number", None)
threading.Thread(target=flicker, daemon=True).start()
idle = {"execution_state": "idle"}
kernel.session.send(kernel.iopub_socket, "status", idle, parent=parent)
""",
        racing=True,
    ),
    on_number(
        "the grader's end of the line",
        "stop the process that carries cells to the kernel",
        """
import os, signal
for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        if b"relay.py" in open(f"/proc/{name}/cmdline", "rb").read():
            os.kill(int(name), signal.SIGKILL)
    except PermissionError:
        print("not mine")
import time; time.sleep(5)
""",
        UNJUDGED,
    ),
)
