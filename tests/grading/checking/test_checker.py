"""A test cell runs in a fresh process, on values alone, and always comes back with an outcome."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from graders.grading.checking.checker import (
    CheckAccident,
    Checker,
    CheckerError,
    CheckerRun,
    CheckLimits,
    GradedCell,
)
from graders.grading.checking.process import CheckerProcess
from graders.grading.isolation.sandbox import SandboxUnavailable, find_bwrap
from graders.grading.student import export
from graders.grading.transcript import Verified
from graders.grading.values.encoding import encode
from graders.models.reading import read_snapshot
from graders.models.training import weights_digest
from graders.rubric import RESULT_MIME, Outcome

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


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """One server for all tests, as for all cells of a class."""
    with Checker(bwrap(), preload=("graders.answer_keys.tp_keras",)) as started:
        yield started


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


def test_a_result_comes_back_with_what_a_person_reads(checker: Checker) -> None:
    done = run(checker, f"print('Bonjour')\n{PASSING}")
    assert done.result is not None
    assert done.result.points == 0.5
    assert done.result.findings[0].hint == "Relisez."
    assert printed(done) == "Bonjour\n"
    assert done.outputs[-1]["output_type"] == "execute_result"
    assert {"text/plain", "text/html", RESULT_MIME} <= done.outputs[-1]["data"].keys()
    assert done.accident is None


def test_a_plain_test_that_passes_says_nothing(checker: Checker) -> None:
    done = run(checker, "assert n == 3", {"n": 3})
    assert done.result is None
    assert done.outputs == ()


def test_the_last_value_of_a_plain_test_is_shown(checker: Checker) -> None:
    assert shown(run(checker, "n = n + 1\nn / 2", {"n": 3})) == "2.0"


def test_values_are_as_the_student_left_them(checker: Checker) -> None:
    values = {"a": [1, (2.5, "x")], "b": {"k": {1, 2}}, "c": np.arange(3), "d": None}
    done = run(checker, "(a, b, c.tolist(), d)", values)
    assert shown(done) == "([1, (2.5, 'x')], {'k': {1, 2}}, [0, 1, 2], None)"


def test_an_array_can_be_changed_by_the_test(checker: Checker) -> None:
    assert (
        shown(run(checker, "c += 1\nc.sum()", {"c": np.zeros(100_000)})) == "np.float64(100000.0)"
    )


def test_modules_come_from_the_checker_whatever_the_student_called_so(checker: Checker) -> None:
    values = {"np": "np", "keras": "keras", "len": "len", "__builtins__": {}, "n": [1, 2]}
    source = "(np.__name__, tf.__name__, keras.__name__, plt.__name__, len(n))"
    assert shown(run(checker, source, values)) == (
        "('numpy', 'tensorflow', 'keras', 'matplotlib.pyplot', 2)"
    )


def test_a_name_that_does_not_exist_is_told_by_its_name(checker: Checker) -> None:
    done = run(checker, "assert mlp.built", missing=("mlp",))
    assert said(done) == (Outcome.FAILED, "La variable `mlp` n’existe pas.")


def test_all_names_that_do_not_exist_are_told_at_once(checker: Checker) -> None:
    done = run(checker, "print(b, a)", missing=("a", "b"))
    assert said(done) == (Outcome.FAILED, "Ces variables n’existent pas : `a`, `b`.")


def test_a_name_that_turns_out_to_be_missing_is_told_too(checker: Checker) -> None:
    assert said(run(checker, "if False:\n    late = 1\nlate"))[1].startswith("La variable `late`")


def test_a_visible_assertion_is_told_by_its_message(checker: Checker) -> None:
    done = run(checker, "assert n == 3, f'n vaut {n}'", {"n": 4})
    assert said(done) == (Outcome.FAILED, "n vaut 4")


def test_a_visible_assertion_without_a_message_is_shown_itself(checker: Checker) -> None:
    assert said(run(checker, "assert n == 3", {"n": 4}))[1] == "N’est pas vérifié : assert n == 3"


def test_an_answer_of_the_wrong_kind_is_a_wrong_one(checker: Checker) -> None:
    outcome, message = said(run(checker, "scores['accuracy'] > 0.9", {"scores": 3}))
    assert outcome is Outcome.FAILED
    assert message == "TypeError : 'int' object is not subscriptable"


@pytest.mark.parametrize("line", ["assert n == 79510, 'pas 79510'", "assert 79510 == n"])
def test_a_hidden_assertion_tells_nothing_of_itself(checker: Checker, line: str) -> None:
    done = run(checker, HIDDEN.format(line), {"n": 4})
    assert said(done)[0] is Outcome.FAILED
    assert "79510" not in str(done)


def test_a_hidden_line_that_fails_otherwise_leaves_the_mark_open(checker: Checker) -> None:
    done = run(checker, HIDDEN.format("{'79510': n}['secret']"), {"n": 4})
    assert said(done)[0] is Outcome.COULD_NOT_GRADE
    assert "79510" not in str(done)
    assert "secret" not in str(done)


def test_a_value_that_cannot_be_read_leaves_the_mark_open(checker: Checker) -> None:
    outcome, message = said(run(checker, "assert isinstance(n, int)", {"n": object()}))
    assert outcome is Outcome.COULD_NOT_GRADE
    assert message == "Le correcteur ne sait pas lire une valeur de type object."


@pytest.mark.parametrize(
    "source",
    ["%matplotlib inline", "def f(:", "raise OSError", "exit()", "raise KeyboardInterrupt"],
)
def test_a_test_cell_that_fails_by_itself_leaves_the_mark_open(
    checker: Checker, source: str
) -> None:
    assert said(run(checker, source))[0] is Outcome.COULD_NOT_GRADE


def test_values_that_are_none_leave_the_mark_open(checker: Checker) -> None:
    cell = GradedCell(question="q", points=1, source="n", seed=5)
    for document, blob in ((b"", b""), (b"\xff" * 100, b""), (encode({"n": 1}).document, b"x")):
        outcome, message = said(checker.run(cell, document, blob))
        assert outcome is Outcome.COULD_NOT_GRADE
        assert "lire les valeurs" in message


def test_what_is_printed_is_bounded(checker: Checker) -> None:
    done = run(
        checker,
        "for _ in range(100): print('x' * 10_000)\n'\\ud800' * 10_000",
        limits=CheckLimits(most_characters=100),
    )
    assert len(printed(done)) < 200
    assert "pas montrée" in printed(done)
    assert len(shown(done).encode()) < 10_000


@pytest.mark.parametrize(
    ("source", "limits", "accident"),
    [
        ("while True: pass", CheckLimits(seconds=1), CheckAccident.TIME_LIMIT),
        (
            "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)",
            CheckLimits(seconds=1),
            CheckAccident.TIME_LIMIT,
        ),
        (
            "import numpy, time\na = numpy.ones(2**28)\ntime.sleep(60)",
            CheckLimits(memory_bytes=2**30),
            CheckAccident.MEMORY_LIMIT,
        ),
        ("import os\nos._exit(0)", None, CheckAccident.DIED),
        ("import os\nos.kill(os.getpid(), 11)", None, CheckAccident.DIED),
        ("import os, sys\nos.closerange(3, 100)", None, CheckAccident.DIED),
    ],
    ids=["endless", "deaf", "memory", "exit", "segmentation fault", "closed descriptors"],
)
def test_an_accident_leaves_the_mark_open_and_the_checker_well(
    checker: Checker, source: str, limits: CheckLimits | None, accident: CheckAccident
) -> None:
    done = run(checker, source, limits=limits)
    assert done.accident is accident
    assert said(done)[0] is Outcome.COULD_NOT_GRADE
    assert shown(run(checker, "1 + 1")) == "2"


def test_nothing_of_a_run_is_there_in_the_next(checker: Checker) -> None:
    spoil = "import builtins, graders.rubric\nbuiltins.len = None\ngraders.rubric.Result = None"
    run(checker, spoil)
    assert shown(run(checker, "len(n)", {"n": [1]})) == "1"


def test_a_run_is_repeatable(checker: Checker) -> None:
    source = "import random\n(random.random(), np.random.rand(), float(keras.random.normal(())))"
    first = run(checker, source)
    assert shown(run(checker, source)) == shown(first)


@pytest.mark.skipif(bwrap() is None, reason="no sandbox can be started on this machine")
def test_a_test_cell_reaches_no_network_and_no_writable_file(
    checker: Checker, tmp_path: Path
) -> None:
    source = f"""
import socket
def refused(work):
    try:
        work()
    except OSError as error:
        return error.strerror
places = ["/tmp/x", "/x", {str(tmp_path / "x")!r}, {str(Path(__file__).parent / "x")!r}]
[refused(lambda: open(place, "w")) for place in places], refused(
    lambda: socket.create_connection(("192.0.2.1", 80), 2)
)
"""
    files, network = eval(shown(run(checker, source)))
    assert files == ["Read-only file system"] * 4
    assert network == "Network is unreachable"
    assert not list(tmp_path.iterdir())


def kill(checker: Checker) -> None:
    assert checker._process is not None
    for pid in reversed(checker._process.pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_server_lost_during_a_run_costs_the_cell_nothing(checker: Checker) -> None:
    threading.Timer(1, kill, [checker]).start()
    assert shown(run(checker, "import time\ntime.sleep(2)\n1 + 1")) == "2"


def test_no_process_is_left_behind_even_of_one_that_does_not_listen() -> None:
    process = CheckerProcess(bwrap(), (), None)
    time.sleep(0.5)
    pids = process.pids
    process.end()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_server_that_cannot_start_says_why() -> None:
    with (
        pytest.raises(CheckerError, match=r"No module named 'graders\.nothing'"),
        Checker(None, preload=("graders.nothing",)),
    ):
        pass


def test_a_model_is_met_as_a_live_keras_model(checker: Checker, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse", metrics=["accuracy"])
    history = model.fit(np.ones((6, 4)), np.ones((6, 2)), epochs=2, verbose=0)
    source = """
x = tf.ones((3, 4))
(
    isinstance(mlp, keras.Model), mlp.built, mlp.compiled, mlp.output_shape, mlp.count_params(),
    type(mlp.optimizer).__name__, int(mlp.optimizer.iterations), len(history.history["loss"]),
    mlp.history.epoch, np.allclose(mlp(x), expected), type(expected).__name__,
)
"""
    values = {"mlp": model, "history": history, "expected": model(keras.ops.ones((3, 4)))}
    done = run_on_models(checker, tmp_path, source, **values)
    assert eval(shown(done)) == (
        *(True, True, True, (None, 2), 10, "SGD", 2, 2, [0, 1], True, "EagerTensor"),
    )


def test_a_training_that_only_the_student_tells_of_is_named(
    checker: Checker, tmp_path: Path
) -> None:
    told, silent = (keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]) for _ in "ab")
    told.compile(optimizer="sgd", loss="mse")
    told.fit(np.ones((6, 4)), np.ones((6, 2)), verbose=0)
    assert run_on_models(checker, tmp_path, "1", told=told, silent=silent).unverified == ("told",)


def test_a_training_by_our_trainers_is_not_named(checker: Checker, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(np.ones((6, 4)), np.ones((6, 2)), verbose=0)
    snapshot = read_snapshot(model)
    assert snapshot.training is not None
    assert snapshot.compilation is not None
    assert snapshot.weights is not None
    record = replace(snapshot.training, verified=True)
    weights, architecture = weights_digest(snapshot.weights), snapshot.architecture.digest()
    known = Verified(weights, snapshot.compilation, record, architecture)
    assert run_on_models(checker, tmp_path, "1", (known,), model=model).unverified == ()


def test_a_model_that_exists_as_data_only_still_says_what_it_is(
    checker: Checker, tmp_path: Path
) -> None:
    start = keras.Input((4,))
    ways = [keras.layers.Dense(2)(start), keras.layers.Dense(2)(start)]
    branches = keras.Model(start, keras.layers.Add()(ways))
    unknown = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: 2 * x)])
    source = """
from graders.models.carried import origin_of
(
    isinstance(branches, keras.Model), isinstance(unknown, keras.Model),
    origin_of(branches).reason.name,
    [type(operation).__name__ for operation in origin_of(unknown).architecture.operations],
)
"""
    done = run_on_models(checker, tmp_path, source, branches=branches, unknown=unknown)
    assert shown(done) == "(True, True, 'BRANCHES', ['Opaque'])"


def test_the_answer_key_judges_a_rebuilt_model(checker: Checker, tmp_path: Path) -> None:
    layers = [keras.layers.Dense(100, "sigmoid"), keras.layers.Dense(10, "softmax")]
    mlp = keras.Sequential([keras.Input((784,)), *layers])
    line = "from graders.answer_keys import tp_keras\ntp_keras.grade('test_q4_mlp', mlp=mlp)"
    done = run_on_models(checker, tmp_path, HIDDEN.format(line), mlp=mlp)
    assert done.result is not None
    assert done.result.points == 2
    assert done.result.outcome is Outcome.PASSED


def test_a_run_costs_little_more_than_what_it_runs(checker: Checker) -> None:
    done: list[Any] = [run(checker, "n", {"n": 1}).cpu_seconds for _ in range(3)]
    assert min(done) < 0.1
