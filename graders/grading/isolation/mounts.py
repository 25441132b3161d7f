"""What a sandbox sees of the file system, as the arguments that tell bwrap so."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HOME = "/home/etudiant"
SHARED = "/shared"
RELAY_INSIDE = "/run/grader/relay.py"
# Names for people and libraries that ask who they are; the host's own list stays outside.
PASSWD = "root:x:0:0::/:/bin/false\netudiant:x:1000:1000::/home/etudiant:/bin/sh\n"
GROUP = "root:x:0:\netudiant:x:1000:\n"

_SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/fonts",
    "/etc/mime.types",
)
_SHM_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Mount:
    """One place of the sandbox: its path there, the bwrap arguments that make it.

    A sealed one becomes read-only once everything below it is in place.
    """

    destination: str
    arguments: tuple[str, ...]
    sealed: bool = False


def python_trees() -> tuple[Path, ...]:
    """The directories of the running Python: the virtual environment and what is behind it."""
    behind = Path(sys.executable).resolve().parents[1]
    roots = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix), behind}
    system = {Path("/"), Path("/usr")}
    return tuple(sorted(root for root in roots if root not in system))


def arguments(
    read_only: Iterable[tuple[Path, str]],
    hidden: Iterable[Path],
    writable: Iterable[tuple[str, int]],
    data: Iterable[tuple[int, str]],
) -> list[str]:
    """The whole file system of a sandbox.

    `read_only` are host paths and where they appear, `hidden` are host paths covered wherever one
    of those would show them, `writable` are empty directories with their size limits in bytes,
    `data` are descriptors to copy from and the files they become.
    """
    trees = [Path("/usr"), *python_trees()]
    bound = [*((tree, str(tree)) for tree in trees), *read_only]
    made = [
        *(Mount(inside, ("--ro-bind", str(source), inside)) for source, inside in bound),
        *_covers(bound, hidden),
        *_system(),
        Mount("/proc", ("--proc", "/proc")),
        Mount("/dev", ("--dev", "/dev"), sealed=True),
        *(_writable(path, size) for path, size in (*writable, ("/dev/shm", _SHM_BYTES))),
        *(_copy(descriptor, path) for descriptor, path in data),
    ]
    made += _parents(made, ["/dev", "/proc", *(inside for _, inside in bound)])
    # A parent before what lies in it.
    made.sort(key=lambda mount: len(PurePosixPath(mount.destination).parts))
    sealed = ["/", *(mount.destination for mount in made if mount.sealed)]
    return [
        *(argument for mount in made for argument in mount.arguments),
        *(argument for path in sealed for argument in ("--remount-ro", path)),
    ]


def _writable(path: str, size: int) -> Mount:
    return Mount(path, ("--perms", "1777", "--size", str(size), "--tmpfs", path))


def _copy(descriptor: int, path: str) -> Mount:
    return Mount(path, ("--perms", "0444", "--ro-bind-data", str(descriptor), path))


def _covers(bound: Iterable[tuple[Path, str]], hidden: Iterable[Path]) -> Iterator[Mount]:
    for path in hidden:
        for source, inside in bound:
            if path != source and path.is_relative_to(source) and path.exists():
                place = str(PurePosixPath(inside) / path.relative_to(source))
                if path.is_dir():
                    made = ("--perms", "0555", "--size", "4096", "--tmpfs", place)
                    yield Mount(place, made, sealed=True)
                else:
                    yield Mount(place, ("--ro-bind", "/dev/null", place))


def _system() -> Iterator[Mount]:
    for path in _SYSTEM_LINKS:
        if Path(path).is_symlink():
            yield Mount(path, ("--symlink", str(Path(path).readlink()), path))
        elif Path(path).is_dir():
            yield Mount(path, ("--ro-bind", path, path))
    for path in _SYSTEM_FILES:
        if Path(path).exists():
            yield Mount(path, ("--ro-bind", path, path))


def _parents(mounts: Sequence[Mount], complete: Sequence[str]) -> Iterator[Mount]:
    """Directories above the mounts, which bwrap would make for their owner only.

    What lies in a `complete` one exists already.
    """
    destinations = {mount.destination for mount in mounts}
    above = {parent for path in destinations for parent in PurePosixPath(path).parents}
    for path in sorted(above):
        if str(path) in destinations | {"/"} or any(map(path.is_relative_to, complete)):
            continue
        yield Mount(str(path), ("--perms", "0755", "--dir", str(path)))
