"""A cluster as an operator starts it: a scheduler and two workers, each with its own home."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.grading.batch.commands import started


@dataclass(frozen=True)
class Network:
    """Where each program runs: what to put before its command, and its address there."""

    scheduler: tuple[str, ...] = ()
    workers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    addresses: tuple[str, str, str] = ("127.0.0.1", "127.0.0.1", "127.0.0.1")


@dataclass(frozen=True)
class OutsideCluster:
    """Its scheduler's address, and its processes."""

    address: str
    scheduler: subprocess.Popen[str]
    workers: tuple[subprocess.Popen[str], ...]


@contextmanager
def outside_cluster(
    folder: Path, port: int, network: Network | None = None
) -> Iterator[OutsideCluster]:
    """One worker for two notebooks, one for a training; nothing of theirs is shared."""
    network = network or Network()
    host, *hosts = network.addresses
    address = f"tcp://{host}:{port}"
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            _program(
                folder / "scheduler",
                network.scheduler,
                *("distributed.cli.dask_scheduler", "--host", host, "--port", str(port)),
                *("--no-dashboard", "--dashboard-address", f"{host}:0"),
            )
        )
        workers = [
            stack.enter_context(
                _program(
                    folder / kind,
                    before,
                    *("graders.cli", "worker", address, "--host", own, "--only", kind),
                    *("--workers", "1"),
                )
            )
            for kind, before, own in zip(
                ("notebooks", "trainings"), network.workers, hosts, strict=True
            )
        ]
        yield OutsideCluster(address, scheduler, tuple(workers))


@contextmanager
def _program(
    home: Path, before: Sequence[str], name: str, *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    home.mkdir(parents=True)
    command = (*before, sys.executable, "-m", name, *arguments)
    with started(command, home=home) as process:
        yield process


@contextmanager
def separate_networks(label: str) -> Iterator[Network | None]:
    """Three network namespaces joined by a bridge, or None where they cannot be made."""
    names = [f"{label}-{part}" for part in ("s", "a", "b")]
    addresses = ("10.213.7.1", "10.213.7.2", "10.213.7.3")
    try:
        if not _joined(names, addresses):
            yield None
            return
        inside = [("ip", "netns", "exec", name) for name in names]
        yield Network(inside[0], (inside[1], inside[2]), addresses)
    finally:
        for name in names:
            _ip("netns", "del", name)


def _joined(names: Sequence[str], addresses: Sequence[str]) -> bool:
    hub = names[0]
    steps: list[tuple[str, ...]] = [("netns", "add", name) for name in names]
    steps += [("-n", name, "link", "set", "lo", "up") for name in names]
    steps += [
        ("-n", hub, "link", "add", "bridge", "type", "bridge"),
        ("-n", hub, "addr", "add", f"{addresses[0]}/24", "dev", "bridge"),
        ("-n", hub, "link", "set", "bridge", "up"),
    ]
    for name, address in zip(names[1:], addresses[1:], strict=True):
        port = f"to-{name[-1]}"
        steps += [
            ("-n", hub, "link", "add", port, "type", "veth", "peer", "own", "netns", name),
            ("-n", hub, "link", "set", port, "master", "bridge", "up"),
            ("-n", name, "addr", "add", f"{address}/24", "dev", "own"),
            ("-n", name, "link", "set", "own", "up"),
        ]
    return all(_ip(*step) for step in steps)


def _ip(*arguments: str) -> bool:
    try:
        return subprocess.run(["ip", *arguments], check=False, capture_output=True).returncode == 0
    except OSError:
        return False
