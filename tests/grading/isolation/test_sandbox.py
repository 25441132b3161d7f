"""What student code can reach from inside a sandbox: nothing but what it was given."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import graders
from graders.grading.isolation import sandbox as sandbox_module
from graders.grading.isolation import seccomp
from graders.grading.isolation.kernel import StartError, StudentKernel
from graders.grading.isolation.mounts import arguments
from graders.grading.isolation.sandbox import Sandbox, SandboxUnavailable, find_bwrap, find_sandbox
from tests.grading.isolation.kernels import (
    LIMITS,
    descriptors,
    error_of,
    said,
    sandbox,
    student_kernel,
    survivors,
)

_GRADER = """
import sys, time
from pathlib import Path
from graders.grading.isolation.kernel import StudentKernel
from graders.grading.isolation.limits import Limits
from graders.grading.isolation.sandbox import Sandbox
with StudentKernel(Sandbox(Path(sys.argv[1])), Limits()) as kernel:
    run = kernel.execute("import os; print(os.readlink('/proc/self/ns/pid'))")
    print(run.outputs[0]["text"], flush=True)
    time.sleep(60)
"""
PROJECT = Path(graders.__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host directory that is shown inside, with a part that must stay hidden."""
    directory = tmp_path_factory.mktemp("given")
    (directory / "data.txt").write_text("given")
    (directory / "private").mkdir()
    (directory / "private" / "key.txt").write_text("answer key")
    (directory / "key.txt").write_text("answer key")
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755)
    return directory


@pytest.fixture(scope="module")
def kernel(given: Path) -> Iterator[StudentKernel]:
    """One kernel for all tests that leave it as it was."""
    os.environ["GRADER_SECRET"] = "s3cret"
    where = replace(
        sandbox(),
        read_only=((given, "/given"), (given / "data.txt", "/home/etudiant/data/data.txt")),
        hidden=(given / "private", given / "key.txt"),
        environment=(("OF_THE_CALLER", "1"),),
    )
    try:
        with student_kernel(where=where) as opened:
            opened.execute("import os, sys, socket, ctypes; from pathlib import Path")
            yield opened
    finally:
        del os.environ["GRADER_SECRET"]


def answer(kernel: StudentKernel, expression: str) -> str:
    """What an expression is worth inside, as printed."""
    run = kernel.execute(f"print({expression})")
    assert error_of(run) is None, said(run)
    return said(run).strip()


def test_the_course_is_not_there(kernel: StudentKernel) -> None:
    for path in (PROJECT / "graders", PROJECT / "source", PROJECT / "pyproject.toml", Path.home()):
        if not Path(sys.base_prefix).is_relative_to(path):
            assert answer(kernel, f"os.path.exists({str(path)!r})") == "False"
    run = kernel.execute("import graders")
    assert error_of(run) == "ModuleNotFoundError"


def test_only_the_way_to_python_is_left_of_the_directories_above_it(kernel: StudentKernel) -> None:
    above = [path for root in (sys.prefix, sys.base_prefix) for path in Path(root).parents]
    own = {Path("/"), Path("/usr"), Path("/tmp")}
    for path in set(above) - own:
        assert answer(kernel, f"len(os.listdir({str(path)!r}))") == "1"


def test_python_starts_in_spite_of_an_editable_installation(kernel: StudentKernel) -> None:
    assert answer(kernel, "sys.prefix") == sys.prefix
    assert answer(kernel, "sys.executable") == sys.executable


def test_the_environment_holds_no_secret(kernel: StudentKernel) -> None:
    assert answer(kernel, "os.environ.get('GRADER_SECRET')") == "None"
    everywhere = (
        "b'GRADER_SECRET' in b''.join(p.read_bytes() for p in Path('/proc').glob('[0-9]*/environ') "
        "if os.access(p, os.R_OK))"
    )
    assert answer(kernel, everywhere) == "False"
    assert answer(kernel, "os.environ['OF_THE_CALLER']") == "1"


def test_what_the_caller_gives_is_there_and_cannot_be_changed(kernel: StudentKernel) -> None:
    assert answer(kernel, "Path('/given/data.txt').read_text()") == "given"
    assert answer(kernel, "Path('data/data.txt').read_text()") == "given"
    for attack in ("Path('/given/new').touch()", "Path('/given/data.txt').unlink()"):
        assert error_of(kernel.execute(attack)) == "OSError"
    for attack in (
        "os.link('/given/data.txt', '/shared/link')",
        "os.link('/given/data.txt', '/home/etudiant/link')",
    ):
        assert error_of(kernel.execute(attack)) == "OSError"


def test_hidden_paths_are_covered(kernel: StudentKernel) -> None:
    assert answer(kernel, "sorted(os.listdir('/given'))") == "['data.txt', 'key.txt', 'private']"
    assert answer(kernel, "os.listdir('/given/private')") == "[]"
    assert error_of(kernel.execute("Path('/given/key.txt').read_bytes()")) == "PermissionError"
    assert error_of(kernel.execute("Path('/given/private/new').touch()")) == "OSError"


def test_nothing_can_be_written_but_home_and_temporary_files(kernel: StudentKernel) -> None:
    places = ("/", "/usr", "/etc", "/dev", "/run", "/run/grader", "/proc", sys.prefix)
    for place in places:
        assert error_of(kernel.execute(f"Path({place!r}, 'new').touch()")) is not None, place
    for place in ("/home/etudiant", "/tmp", "/shared", "/dev/shm"):
        assert answer(kernel, f"Path({place!r}, 'new').touch()") == "None"


def test_what_is_written_has_a_limit(kernel: StudentKernel) -> None:
    fill = """
    try:
        with open({path!r}, "wb") as file:
            while True:
                file.write(bytes(2**20))
    finally:
        os.remove({path!r})
    """
    for path in ("/home/etudiant/big", "/tmp/big", "/shared/big", "/dev/shm/big"):
        assert error_of(kernel.execute(fill.format(path=path))) == "OSError"


def test_there_is_no_network(kernel: StudentKernel) -> None:
    assert answer(kernel, "[name for _, name in socket.if_nameindex()]") == "['lo']"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        run = kernel.execute(f"socket.create_connection({address!r}, timeout=2)")
        assert error_of(run) == "ConnectionRefusedError"
    assert error_of(kernel.execute("socket.create_connection(('192.0.2.1', 80), 2)")) == "OSError"
    with socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0of-the-host")
        abstract.listen()
        run = kernel.execute("socket.socket(socket.AF_UNIX).connect('\\0of-the-host')")
        assert error_of(run) == "ConnectionRefusedError"
    assert error_of(kernel.execute("socket.socket(40, socket.SOCK_STREAM)")) == "OSError"


def test_student_code_has_no_rights(kernel: StudentKernel) -> None:
    assert answer(kernel, "(os.getresuid(), os.getresgid(), os.getgroups())").startswith(
        "((1000, 1000, 1000), (1000, 1000, 1000), ["
    )
    status = answer(kernel, "Path('/proc/self/status').read_text()")
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {int(fields[name], 16) for name in ("CapPrm", "CapEff", "CapAmb")} == {0}
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"
    assert error_of(kernel.execute("os.setuid(0)")) == "PermissionError"


def test_the_settings_of_the_system_cannot_be_written(kernel: StudentKernel) -> None:
    for setting in ("kernel/core_pattern", "kernel/modprobe", "vm/drop_caches"):
        run = kernel.execute(f"open('/proc/sys/{setting}', 'w')")
        assert error_of(run) in {"PermissionError", "OSError", "FileNotFoundError"}


def test_only_its_own_processes_are_seen(kernel: StudentKernel) -> None:
    seen = "len([name for name in os.listdir('/proc') if name.isdigit()])"
    assert int(answer(kernel, seen)) <= 4
    assert error_of(kernel.execute(f"os.kill({os.getpid() + 10**6}, 0)")) == "ProcessLookupError"


def test_devices_are_the_harmless_ones(kernel: StudentKernel) -> None:
    kernel.execute("nodes = [p for p in Path('/dev').iterdir() if not p.is_dir()]")
    devices = "*(p.name for p in nodes if p.is_block_device() or p.is_char_device())"
    assert set(answer(kernel, devices).split()) <= {
        *("null", "zero", "full", "random", "urandom", "tty", "console"),
        *("ptmx", "stdin", "stdout", "stderr"),
    }


@pytest.mark.parametrize(
    "call",
    [
        "unshare(0x10000000)",
        "unshare(0x20000)",
        "mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "memfd_create(b'x', 0)",
        "shmget(0, 4096, 0o1600)",
        "ptrace(0, 0, 0, 0)",
        "syscall(56 if os.uname().machine == 'x86_64' else 220, 0x10000011, 0, 0, 0, 0)",
        "syscall(425, 1, 0)",
    ],
)
def test_calls_that_open_doors_are_refused(kernel: StudentKernel, call: str) -> None:
    run = kernel.execute(
        f"libc = ctypes.CDLL(None, use_errno=True); print(libc.{call}, ctypes.get_errno())"
    )
    assert said(run).strip() == "-1 1"


def test_an_unknown_machine_has_no_rules() -> None:
    assert seccomp.program("a machine of another kind") is None
    assert seccomp.program("aarch64") != seccomp.program("x86_64")


def test_a_bwrap_that_fails_is_a_start_error() -> None:
    before = descriptors()
    for bwrap in ("/bin/false", "/does/not/exist"):
        with pytest.raises(StartError), StudentKernel(Sandbox(Path(bwrap)), LIMITS):
            pass
    assert descriptors() == before


def test_a_sandbox_ends_with_the_grader_that_started_it() -> None:
    grader = subprocess.Popen(
        [sys.executable, "-c", _GRADER, str(sandbox().bwrap)], stdout=subprocess.PIPE, text=True
    )
    assert grader.stdout is not None
    namespace = grader.stdout.readline().strip()
    assert len(survivors(namespace)) >= 3
    grader.kill()
    grader.wait()
    grader.stdout.close()
    until = time.monotonic() + 5
    while survivors(namespace) and time.monotonic() < until:
        time.sleep(0.05)
    assert survivors(namespace) == []


def test_a_machine_without_sandbox_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for candidates in ((), (Path("/bin/false"),)):
        monkeypatch.setattr(sandbox_module, "_candidates", lambda found=candidates: iter(found))
        find_bwrap.cache_clear()
        with pytest.raises(SandboxUnavailable, match="cannot be isolated") as caught:
            find_sandbox()
        assert len(str(caught.value).splitlines()) == 1
    find_bwrap.cache_clear()


def test_parents_come_before_what_lies_in_them_and_are_sealed_last() -> None:
    made = arguments([(Path("/opt/a"), "/x/y/z")], [], [("/x", 10)], [])
    assert made.index("/x") < made.index("/x/y/z") < made.index("--remount-ro")
    assert "/x" not in made[made.index("--remount-ro") :]
