"""System calls refused to student code, as the program that the kernel runs at each call.

Two reasons only: memory that no limit counts (memfd, System V segments, which no process needs to
hold), and doors that no namespace closes (sockets to the hypervisor, eBPF, io_uring, keys, and
namespaces of one's own, with all that their owner may do).
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass

# struct seccomp_data: the call's number, the architecture, then the arguments.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
# linux/bpf_common.h, linux/seccomp.h
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x7E020000
# AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: the families that the network namespace confines.
_CONFINED_FAMILIES = (1, 2, 10, 16)
# On x86-64 the same kernel also takes calls numbered from here (x32), under other meanings.
_X32 = 0x40000000


@dataclass(frozen=True, slots=True)
class _Machine:
    architecture: int
    clone: int
    clone3: int
    socket: int
    refused: Mapping[str, int]


# Numbers below 400 differ by machine; later ones do not.
_COMMON = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsmount": 432,
    "mount_setattr": 442,
    "memfd_secret": 447,
}
_MACHINES = {
    "x86_64": _Machine(
        architecture=0xC000003E,
        clone=56,
        clone3=435,
        socket=41,
        refused=_COMMON
        | {
            "shmget": 29,
            "shmat": 30,
            "ptrace": 101,
            "mount": 165,
            "umount2": 166,
            "add_key": 248,
            "request_key": 249,
            "keyctl": 250,
            "unshare": 272,
            "perf_event_open": 298,
            "setns": 308,
            "process_vm_writev": 311,
            "memfd_create": 319,
            "bpf": 321,
            "userfaultfd": 323,
        },
    ),
    "aarch64": _Machine(
        architecture=0xC00000B7,
        clone=220,
        clone3=435,
        socket=198,
        refused=_COMMON
        | {
            "umount2": 39,
            "mount": 40,
            "unshare": 97,
            "ptrace": 117,
            "shmget": 194,
            "shmat": 196,
            "add_key": 217,
            "request_key": 218,
            "keyctl": 219,
            "perf_event_open": 241,
            "setns": 268,
            "process_vm_writev": 271,
            "memfd_create": 279,
            "bpf": 280,
            "userfaultfd": 282,
        },
    ),
}


def program(machine: str | None = None) -> bytes | None:
    """The filter for this machine, as bwrap's --seccomp reads it; None where none is known."""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    refuse = _FAIL | errno.EPERM
    instructions = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, known.architecture, skip_if_true=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, skip_if_false=1),
        _step(_RETURN, refuse),
    ]
    for number in known.refused.values():
        instructions += [_step(_EQUAL, number, skip_if_false=1), _step(_RETURN, refuse)]
    instructions += [
        # Its flags are out of a filter's sight; the C library then falls back on clone.
        _step(_EQUAL, known.clone3, skip_if_false=1),
        _step(_RETURN, _FAIL | errno.ENOSYS),
        _step(_EQUAL, known.clone, skip_if_false=4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, _NEW_NAMESPACES, skip_if_false=1),
        _step(_RETURN, refuse),
        _step(_RETURN, _ALLOW),
        _step(_EQUAL, known.socket, skip_if_true=1),
        _step(_RETURN, _ALLOW),
        _step(_LOAD, _FIRST_ARGUMENT),
        *(step for family in _CONFINED_FAMILIES for step in _allow(family)),
        _step(_RETURN, _FAIL | errno.EAFNOSUPPORT),
    ]
    return b"".join(instructions)


def _allow(value: int) -> tuple[bytes, bytes]:
    return _step(_EQUAL, value, skip_if_false=1), _step(_RETURN, _ALLOW)


def _step(code: int, value: int, *, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if_true, skip_if_false, value)
