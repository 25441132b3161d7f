"""Attacks that look for tests, answers and secrets. They print all they find."""

from __future__ import annotations

from tests.attacks.attack import on_number

# What to look for, so written that the cell does not find itself.
_WORDS = """
words = ["".join(parts) for parts in (
    ("vanishing-", "grad"), ("the-hint-", "nobody"), ("BEGIN ", "HIDDEN"), ("m4rk3r-", "of-the"),
    ("tp_keras.", "grade"), ("the_expected_", "number"), ("PERCEPTRON_", "ACCURACY"),
    ("a-friend-", "s-answer"),
)]
def told(text, place):
    for word in words:
        at = text.find(word)
        if at >= 0:
            print("FOUND", place, text[max(at - 80, 0):at + 200])
"""

PRYING = (
    on_number(
        "objects",
        "look through all frames, all objects and all strings of the kernel for the tests",
        _WORDS
        + """
import gc, sys
for frame in sys._current_frames().values():
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, (str, bytes)) and "parts" not in repr(value):
                told(str(value), "frame")
        frame = frame.f_back
for thing in gc.get_objects():
    if type(thing) in (dict, list, tuple) and thing is not globals():
        for value in list(thing.values() if type(thing) is dict else thing):
            if type(value) is str and "parts" not in value and value not in words:
                told(value, "object")
print("looked")
""",
        shows="looked",
    ),
    on_number(
        "history",
        "look in the kernel's history and in the grader's messages",
        _WORDS
        + """
shell = get_ipython()
seen = []
shell.events.register("pre_run_cell", lambda info: seen.append(info.raw_cell))
original = shell.run_cell
shell.run_cell = lambda source, *a, **k: (seen.append(source), original(source, *a, **k))[1]
import threading, time
def watch():
    while True:
        time.sleep(0.01)
        for source in seen[:]:
            told(source, "cell")
threading.Thread(target=watch, daemon=True).start()
told(repr(shell.history_manager.input_hist_raw[:-1]), "history")
""",
    ),
    on_number(
        "processes",
        "read command lines, environments, files and roots of all processes",
        _WORDS
        + """
import os
for process in filter(str.isdigit, os.listdir("/proc")):
    for name in ("cmdline", "environ", "maps", "mountinfo", "status"):
        try:
            told(open(f"/proc/{process}/{name}", errors="replace").read(), f"{process} {name}")
        except OSError as error:
            pass
    for name in ("root", "cwd", "root/@COURSE@", "root/@PROJECT@/graders"):
        try:
            listed = os.listdir(f"/proc/{process}/{name}")
            if "gradebook.db" in listed or "answer_keys" in listed:
                print("FOUND", process, name)
        except OSError:
            pass
print(len([name for name in os.listdir("/proc") if name.isdigit()]), "processes")
""",
        shows="processes",
    ),
    on_number(
        "memory of others",
        "read the memory and the descriptors of the process that carries cells",
        _WORDS
        + """
import os
for process in filter(str.isdigit, os.listdir("/proc")):
    if int(process) == os.getpid():
        continue
    try:
        descriptors = os.listdir(f"/proc/{process}/fd")
        with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb") as memory:
            for line in maps:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "rw" in line and end - begin < 2**26:
                    memory.seek(begin)
                    text = memory.read(end - begin).decode(errors="replace")
                    if "parts" not in text:
                        told(text, process)
        for number in descriptors:
            os.open(f"/proc/{process}/fd/{number}", os.O_RDWR)
    except OSError as error:
        print(process, error.strerror)
""",
    ),
    on_number(
        "environment",
        "look for secrets in the environment",
        _WORDS
        + """
import os, subprocess
told(repr(os.environ), "environment")
told(subprocess.run(["env"], capture_output=True, text=True).stdout, "env")
print("looked")
""",
        shows="looked",
    ),
    on_number(
        "the course",
        "read the answer key, the source, the gradebook and a friend's submission by their paths",
        """
import os
for path in ("source/tiny/tiny.ipynb", "gradebook.db", "nbgrader_config.py",
             "submitted/friend/tiny/tiny.ipynb", "autograded"):
    print(os.path.exists("@COURSE@/" + path))
for path in ("graders/answer_keys/tp_keras.py", "graders/rubric.py", "tests", "source"):
    print(os.path.exists("@PROJECT@/" + path))
print(os.path.expanduser("~root"), os.path.exists(os.path.expanduser("~root/.ssh")))
""",
        shows="False",
    ),
    on_number(
        "imports",
        "import the answer key, the checks and the rubric",
        """
import importlib
for name in ("answer_keys.tp_keras", "answer_keys", "checks", "checks.accuracy", "rubric",
             "grading.checking", "grading.course", "grading.isolation", "cli", "reports"):
    try:
        print("FOUND", importlib.import_module("graders." + name).__file__)
    except ImportError as error:
        print("absent", name)
""",
        shows="absent",
    ),
)
