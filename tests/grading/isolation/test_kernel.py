"""A student's cells come back with the outputs of a notebook, whatever was sent."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from graders.grading.isolation.kernel import Accident, StudentKernel
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.line import Line
from graders.grading.isolation.plain import Plain
from tests.grading.isolation.kernels import LIMITS, error_of, has_ended, said, student_kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[StudentKernel]:
    """One kernel for all tests that leave it as it was."""
    with student_kernel() as opened:
        opened.execute("import os, signal, sys, threading, time; from IPython.display import *")
        yield opened


def valid(outputs: tuple[dict[str, object], ...]) -> bool:
    """Whether a notebook may hold these outputs."""
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output) for output in outputs])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    return True


def gone(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    until = time.monotonic() + 5
    while not has_ended(Path(f"/proc/{pid}")) and time.monotonic() < until:
        time.sleep(0.05)
    return has_ended(Path(f"/proc/{pid}"))


def test_outputs_are_those_of_a_notebook(kernel: StudentKernel) -> None:
    run = kernel.execute("print('é'); display(HTML('<b>x</b>')); print(1, file=sys.stderr); 6 * 7")
    kinds = [output["output_type"] for output in run.outputs]
    assert kinds == ["stream", "display_data", "stream", "execute_result"]
    assert run.outputs[0] == {"output_type": "stream", "name": "stdout", "text": "é\n"}
    assert said(run).endswith("42")
    assert run.accident is None
    assert valid(run.outputs)


def test_an_error_ends_the_cell_and_nothing_else(kernel: StudentKernel) -> None:
    run = kernel.execute("before = 1\n1 / 0")
    assert error_of(run) == "ZeroDivisionError"
    assert run.accident is None
    assert valid(run.outputs)
    assert said(kernel.execute("before")) == "1"


def test_pictures_are_kept(kernel: StudentKernel) -> None:
    run = kernel.execute(f"Image(data={b'PNG' * 50_000!r}, format='png')")
    data = run.outputs[0]["data"]
    assert isinstance(data, dict)
    assert base64.b64decode(data["image/png"]) == b"PNG" * 50_000


def test_scripts_and_our_own_results_are_not_shown(kernel: StudentKernel) -> None:
    bundle = {
        "application/javascript": "alert(1)",
        "application/vnd.graders.result+json": {"points": 20},
        "text/plain": "x",
    }
    run = kernel.execute(f"display({bundle!r}, raw=True)")
    assert run.outputs[0]["data"] == {"text/plain": "x"}


def test_cleared_and_updated_outputs_are_as_on_screen(kernel: StudentKernel) -> None:
    assert said(kernel.execute("print(1); clear_output(); print(2)")) == "2\n"
    assert said(kernel.execute("print(1); clear_output(wait=True); print(2)")) == "2\n"
    assert said(kernel.execute("print(1); clear_output(wait=True)")) == "1\n"
    assert said(kernel.execute("h = display(1, display_id=True); h.update(2)")) == "2"


def test_input_is_refused(kernel: StudentKernel) -> None:
    assert error_of(kernel.execute("input('?')")) == "StdinNotImplementedError"


def test_commands_of_the_shell_run(kernel: StudentKernel) -> None:
    assert said(kernel.execute("!echo bonjour")).strip() == "bonjour"


def test_sys_exit_ends_the_cell_only(kernel: StudentKernel) -> None:
    assert error_of(kernel.execute("sys.exit(3)")) == "SystemExit"
    assert said(kernel.execute("1 + 1")) == "2"


def test_text_that_no_file_can_hold_is_mended(kernel: StudentKernel) -> None:
    run = kernel.execute(
        "display({'text/plain': '\\ud800'}, raw=True); raise ValueError('\\udfff')"
    )
    said(run).encode("utf-8")
    assert valid(run.outputs)


def test_silent_lines_leave_no_mark(kernel: StudentKernel) -> None:
    count = int(said(kernel.execute("get_ipython().execution_count")))
    assert kernel.run_silently("hidden = 1\nhidden").outputs == ()
    assert int(said(kernel.execute("get_ipython().execution_count"))) == count + 1
    assert error_of(kernel.run_silently("1 / 0")) == "ZeroDivisionError"


def test_long_output_is_cut_and_the_cell_goes_on() -> None:
    limits = replace(LIMITS, cell_output_bytes=10_000, notebook_output_bytes=15_000)
    with student_kernel(limits) as kernel:
        first = kernel.execute("print('x' * 50_000); done = True")
        assert first.accident is None
        assert "sortie tronquée" in said(first)
        assert 10_000 <= len(said(first)) < 10_200
        assert said(kernel.execute("done")) == "True"
        assert len(said(kernel.execute("print('x' * 50_000)"))) < 5_200
        run = kernel.execute("1 / 0")
        assert error_of(run) == "ZeroDivisionError"
        assert valid(run.outputs)


def test_what_threads_print_later_is_nobody_else_s_output(kernel: StudentKernel) -> None:
    kernel.execute(
        "def chatter():\n    for _ in range(60): print('late'); time.sleep(.01)\n"
        "threading.Thread(target=chatter).start()"
    )
    run = kernel.execute("time.sleep(.3); print('mine')")
    assert said(run).count("mine") == 1
    time.sleep(0.5)
    # What came between two cells belongs to neither.
    assert said(kernel.execute("print('next')")).count("late") <= 5


def test_forged_messages_change_only_what_is_shown(kernel: StudentKernel) -> None:
    forge = (
        "k = get_ipython().kernel; parent = k.get_parent('shell')\n"
        "k.session.send(k.iopub_socket, 'stream', {'name': 'stdout', 'text': 7}, parent=parent)\n"
        "k.session.send(k.iopub_socket, 'error', {'ename': [], 'traceback': 1}, parent=parent)\n"
        "html = {'data': {'text/html': {}}}\n"
        "k.session.send(k.iopub_socket, 'display_data', html, parent=parent)\n"
        "k.iopub_socket.send_multipart([b'garbage'])\n"
        "k.iopub_socket.send_multipart([b'', b'<IDS|MSG>', b'0', b'{', b'}', b'[', b']'])\n"
        "k.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, parent=parent)\n"
        "time.sleep(.3); print('after the forged end')"
    )
    run = kernel.execute(forge)
    assert run.accident is None
    assert valid(run.outputs)
    assert "after" not in said(run)
    assert said(kernel.execute("print('next')")) == "next\n"


def test_garbage_on_the_line_is_dropped() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = Line(ours, longest_line=1000)
        for garbage in (b"\xff\xfe", b"[1]", b"[" * 900, b'{"a": NaN}', b"1" * 999, b"x" * 5000):
            theirs.sendall(garbage + b"\n")
        theirs.sendall(b'{"good": 1}\n{"half')
        assert line.receive(1) == ({"good": 1},)
        assert line.dropped == 6
        theirs.sendall(b'": 2}\n')
        assert line.receive(1) == ({"half": 2},)
        theirs.close()
        assert line.receive(1) == ()
        assert line.closed


def test_cells_are_counted() -> None:
    with student_kernel(replace(LIMITS, cells=2)) as kernel:
        assert kernel.execute("1").accident is None
        assert kernel.execute("1").accident is Accident.CELL_LIMIT


def test_a_kernel_without_sandbox_is_the_same_and_leaves_nothing_either() -> None:
    limits = replace(LIMITS, cell_seconds=3, memory_bytes=2**30)
    assert not Plain().isolated
    with student_kernel(limits, Plain((("OF_THE_CALLER", "1"),))) as kernel:
        home = Path(kernel.shared_directory).parent
        assert said(kernel.execute("print(os.environ['OF_THE_CALLER'])")) == "1\n"
        connection = "import ipykernel; print(ipykernel.get_connection_file())"
        sockets = Path(said(kernel.execute(connection)).strip()).parent
        assert sockets.exists()
        assert kernel.execute("while True: pass").accident is Accident.TIME_LIMIT
        kernel.execute(f"open('{kernel.shared_directory}/x', 'w').write('abc')")
        assert kernel.read_shared_file("x", 3) == b"abc"
        daemon = (
            "import time\nif not os.fork():\n    os.setsid()\n    pid = os.fork()\n"
            "    if pid: print(pid, flush=True); time.sleep(.5); os._exit(0)\n    time.sleep(600)\n"
            "else: os.wait()"
        )
        pid = int(said(kernel.execute(daemon)).split()[0])
        assert Path(f"/proc/{pid}").exists()
        assert kernel.execute("os._exit(0)").accident is Accident.KERNEL_DIED
    assert gone(pid)
    assert not home.exists()
    assert not sockets.exists()


def test_a_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"Limits\.cells must be a positive number"):
        Limits(cells=0)
