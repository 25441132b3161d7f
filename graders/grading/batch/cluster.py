"""Where a class is graded: workers of this machine by default, or any Dask cluster."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import dask
from distributed import Client, Nanny, Scheduler, SpecCluster
from distributed.security import Security
from distributed.utils import silence_logging_cmgr

from graders.grading.batch.gateway import GATEWAY, START_SECONDS, gateway_client
from graders.grading.batch.tasks import SANDBOX, TRAINER
from graders.grading.batch.unavailable import ClusterUnavailable
from graders.grading.batch.workers import WorkerPlan, plan_workers
from graders.grading.conversion import one_line
from graders.grading.workshop import GradingSettings

# A submission that makes its worker fall twice is not tried a third time.
_ALLOWED_FAILURES = 1
_NAMES = {SANDBOX: "notebooks", TRAINER: "trainings"}
_CONNECT_SECONDS = 30
_LOOK_SECONDS = 0.5
_HOST = "127.0.0.1"
# Pages about a cluster that lasts for one run would be one more door, on every network.
_NO_PAGES: dict[str, Any] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


@contextmanager
def open_cluster(
    scheduler: str | None,
    workers: int | None = None,
    *,
    trainings: bool = True,
    gpus: Sequence[str] = (),
) -> Iterator[Client]:
    """A client of the cluster at `scheduler`, or of a cluster of this machine's own.

    For every two cores of it, there is a place for one training and for two notebooks; with
    `gpus`, one for a training on each of them.

    Raises:
        ClusterUnavailable: no scheduler answers there, or it has no worker for notebooks, or
            none for `trainings`.
    """
    kinds = (SANDBOX, TRAINER) if trainings else (SANDBOX,)
    settings = {
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        # A worker that trains may use what it needs; limits are those of the sandbox and trainer.
        "distributed.worker.memory.terminate": False,
        "distributed.worker.memory.pause": False,
        # Dask would give up a worker that is not back after 15 seconds, or has fallen again just
        # then; on a loaded machine the class would wait for it for ever.
        "distributed.deploy.lost-worker-timeout": "7 days",
        "distributed.admin.low-level-log-length": 1000,
        **_NO_PAGES,
    }
    # What is lost is said in one line, by whoever waits for it.
    with dask.config.set(settings), silence_logging_cmgr(logging.CRITICAL):
        if scheduler is not None:
            connected = gateway_client(workers) if scheduler == GATEWAY else _client_at(scheduler)
            with connected as client:
                _wait_for_workers(client, scheduler, kinds)
                yield client
            return
        with (
            _local_cluster(plan_workers(workers, gpus, kinds)) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


def _local_cluster(plans: Sequence[WorkerPlan]) -> SpecCluster:
    """Its processes know each other by a key that lasts as long as they do.

    Who can reach a scheduler can have it run anything, and others have accounts here.
    """
    security = Security.temporary()
    door = {"host": _HOST, "protocol": "tls://", "security": security}
    options = {"dashboard": False, "dashboard_address": f"{_HOST}:0", **door}
    own = {**door, "silence_logs": logging.CRITICAL}
    try:
        return SpecCluster(
            workers={
                f"{plan.kind}-{rank}": {"cls": Nanny, "options": {**plan.options(), **own}}
                for rank, plan in enumerate(plans)
            },
            scheduler={"cls": Scheduler, "options": options},
            security=security,
            silence_logs=logging.CRITICAL,
        )
    except RuntimeError as error:
        reason = one_line(error.__cause__ or error)
        raise ClusterUnavailable(f"The workers of this machine do not start: {reason}") from error


def _client_at(scheduler: str) -> Client:
    try:
        return Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterUnavailable(f"No Dask scheduler answers at {scheduler}.") from error


def _wait_for_workers(client: Client, scheduler: str, kinds: tuple[str, ...]) -> None:
    # A gateway has machines started first.
    until = time.monotonic() + (START_SECONDS if scheduler == GATEWAY else _CONNECT_SECONDS)
    while missing := [kind for kind in kinds if not places(client)[kind]]:
        if time.monotonic() > until:
            raise ClusterUnavailable(_nobody(scheduler, missing[0]))
        time.sleep(_LOOK_SECONDS)


def _nobody(scheduler: str, kind: str) -> str:
    name = _NAMES[kind]
    if scheduler == GATEWAY:
        return f"Dask Gateway has started no worker with a place for {name}: ask its operator."
    return (
        f"No worker of the cluster at {scheduler} has a place for {name}. Start some: "
        f"graders worker {scheduler} --only {name}"
    )


def places(client: Client) -> Mapping[str, int]:
    """How many notebooks (`sandbox`) and trainings (`trainer`) the cluster runs at once.

    `GPU` is how many of the latter have one.
    """
    found = Counter[str]()
    for worker in client.scheduler_info()["workers"].values():
        found.update({kind: int(number) for kind, number in worker["resources"].items()})
    return found


def settings_for_workers(settings: GradingSettings, scheduler: str | None) -> GradingSettings:
    """The settings as other machines can use them: a directory of this one is none of theirs."""
    if scheduler is None or "://" in settings.store:
        return settings
    return replace(settings, store="")
