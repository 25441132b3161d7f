"""Attacks on time, memory, disk and processes; and honest accidents, which look the same."""

from __future__ import annotations

from graders.grading.isolation.limits import MIB
from tests.attacks.attack import (
    MODEL,
    NUMBER,
    UNJUDGED,
    WORD,
    WRONG_NUMBER,
    Attack,
    on_model,
    on_number,
)

_UNREADABLE = {**WRONG_NUMBER, NUMBER: None}
# The kernel lives on, but whether an answer is missing by accident nobody can tell.
_UNSETTLED = UNJUDGED

EXHAUSTING = (
    on_number("the kernel exits", "leave with os._exit", "import os; os._exit(0)", UNJUDGED),
    on_number("the cell exits", "leave with sys.exit", "import sys; sys.exit(0)"),
    on_number("a question", "wait for an input that never comes", "input('Note ? ')"),
    on_number(
        "an endless loop",
        "loop for ever and ignore every interrupt",
        """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True: pass
""",
        UNJUDGED,
        cell_seconds=1,
        interrupt_seconds=0.5,
        shows="durée limite",
    ),
    on_number(
        "a loop that can be interrupted",
        "loop for ever",
        "while True: pass",
        _UNSETTLED,
        cell_seconds=1,
        shows="durée limite",
    ),
    on_number(
        "memory",
        "take memory until there is none",
        """
import mmap
held = []
while True:
    held.append(mmap.mmap(-1, 2**26))
    held[-1].write(bytes(2**26))
""",
        UNJUDGED,
        memory_bytes=400 * MIB,
        shows="mémoire",
    ),
    on_number(
        "the disk",
        "fill every place that can be written",
        """
for place in ("/home/etudiant", "/tmp", "/dev/shm"):
    try:
        with open(place + "/full", "wb") as file:
            while True:
                file.write(bytes(2**20))
    except OSError as error:
        print(error.strerror)
""",
        shows="No space left",
    ),
    on_number(
        "the shared directory",
        "fill the directory in which values are handed over",
        """
with open("/shared/full", "wb") as file:
    try:
        while True:
            file.write(bytes(2**20))
    except OSError:
        pass
""",
        UNJUDGED,
    ),
    on_number(
        "a fork bomb",
        "fork for ever",
        "import os\nwhile True: os.fork()",
        UNJUDGED,
        shows="processus",
    ),
    on_number(
        "kill everything",
        "kill every process there is",
        "import os\nos.system('kill -9 -1')\nos.kill(-1, 9)",
        UNJUDGED,
        shows="arrêté",
    ),
    on_number(
        "output without end",
        "print for ever",
        "while True: print('x' * 100_000)",
        _UNSETTLED,
        flood_bytes=4 * MIB,
        shows="trop de texte",
    ),
    on_number(
        "a daemon",
        "leave a process that outlives the kernel and waits for the next submission",
        """
import os, time
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.execv("/bin/sh", ["sh", "-c", "trap '' TERM HUP INT; while :; do sleep 1; cat "
             "/shared/*.json > /shared/taken 2>/dev/null; done"])
os.wait()
""",
    ),
    on_number(
        "threads",
        "leave threads that go on computing and that nothing interrupts",
        """
import threading
def spin():
    while True:
        try:
            sum(range(10**5))
        except BaseException:
            pass
for _ in range(3):
    threading.Thread(target=spin).start()
""",
    ),
    on_number(
        "the grader's time",
        "make the grader's own lines last for ever",
        """
import time
import graders.grading.student as student
student.prepare = student.present = student.export = lambda *a, **k: time.sleep(10**6)
""",
        UNJUDGED,
        agent_seconds=1,
        agent_notebook_seconds=3,
        interrupt_seconds=1,
    ),
    Attack(
        name="a deleted variable",
        tries="delete an answer that was there, so that it could not be graded",
        answers={"number": 'the_number = 42\nword = "x"', "word": "del word"},
        marks={NUMBER: 2, WORD: None, MODEL: 0},
    ),
    on_number("a giant text", "answer with 100 MB", "the_number = 'x' * 10**8", _UNREADABLE),
    on_number(
        "a giant number", "answer with a million digits", "the_number = 10**(10**6)", _UNREADABLE
    ),
    on_number(
        "a giant array",
        "answer with an array of 8 GB that takes no room here",
        "import numpy as np\nthe_number = np.broadcast_to(np.float64(42), (2**30,))",
        _UNREADABLE,
    ),
    on_number(
        "a value without end",
        "answer with a list that holds itself, a million levels deep",
        """
import sys
sys.setrecursionlimit(10**6)
the_number = []
the_number.append(the_number)
for _ in range(10**6): the_number = [the_number]
""",
        _UNREADABLE,
    ),
    on_number(
        "archives",
        "leave an archive that unpacks to gigabytes, and a model file that runs code",
        """
import pathlib, zipfile
for place in ("/shared", "/tmp"):
    with zipfile.ZipFile(f"{place}/mlp.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(2**26))
        archive.writestr("../../../../@COURSE@/unpacked", b"x")
""",
    ),
    on_model(
        "a bomb of units",
        "give a layer a thousand million units, without building it",
        """
import keras
mlp = keras.Sequential([keras.layers.Dense(10**9), keras.layers.Dense(10**9)])
""",
        0,
    ),
    on_model(
        "a bomb of layers",
        "stack five thousand layers",
        """
import keras
mlp = keras.Sequential([keras.layers.Flatten() for _ in range(5000)])
""",
        0,
    ),
    on_model(
        "weights that are no numbers",
        "set the right model's weights to NaN and to the largest number",
        """
import keras, numpy as np
layers = [keras.layers.Dense(100, "sigmoid"), keras.layers.Dense(10, "softmax")]
mlp = keras.Sequential([keras.Input((784,)), *layers])
mlp.set_weights([np.full_like(w, v) for w, v in zip(mlp.get_weights(), (np.nan, 3e38, -3e38, 0))])
""",
        2,
    ),
)
