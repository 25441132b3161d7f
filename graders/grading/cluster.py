"""Where a class is graded: workers of this machine by default, or any Dask cluster."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import dask
from distributed import Client, Nanny, Scheduler, SpecCluster

from graders.grading.cluster_tasks import SANDBOX, TRAINER
from graders.grading.workshop import GradingSettings
from graders.models.training import ALIKE_TO_THE_BIT

# A submission that makes its worker fall twice is not tried a third time.
_ALLOWED_FAILURES = 1
_SANDBOXES = 2
_CONNECT_SECONDS = 30
_HOST = "127.0.0.1"


class ClusterUnavailable(RuntimeError):  # noqa: N818 - the name says it already
    """No scheduler answers where one was expected; the message says where."""


@contextmanager
def open_cluster(scheduler: str | None, workers: int | None = None) -> Iterator[Client]:
    """A client of the cluster at `scheduler`, or of a cluster of this machine's own.

    For every two cores of it, there is a place for one training and for two notebooks.

    Raises:
        ClusterUnavailable: no scheduler answers there.
    """
    settings = {
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        # A worker that trains may use what it needs; limits are those of the sandbox and trainer.
        "distributed.worker.memory.terminate": False,
        "distributed.worker.memory.pause": False,
        "distributed.admin.low-level-log-length": 1000,
    }
    with dask.config.set(settings):
        if scheduler is not None:
            with _connected(scheduler) as client:
                yield client
            return
        with (
            SpecCluster(
                workers=_local_workers(workers),
                scheduler={"cls": Scheduler, "options": {"dashboard": False, "host": _HOST}},
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


def _local_workers(number: int | None) -> dict[str, dict[str, Any]]:
    """Workers for notebooks and workers for trainings, as many of each.

    Apart, because a worker takes its tasks in order: a training would wait behind notebooks that
    wait for a place.
    """
    cores = len(os.sched_getaffinity(0))
    number = number or max(cores // ALIKE_TO_THE_BIT, 1)
    kinds = ((SANDBOX, _SANDBOXES), (TRAINER, 1))
    return {
        f"{kind}-{rank}": {
            "cls": Nanny,
            "options": {
                "nthreads": places,
                "resources": {kind: places},
                "memory_limit": 0,
                "silence_logs": logging.CRITICAL,
                "host": _HOST,
            },
        }
        for kind, places in kinds
        for rank in range(number)
    }


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        client = Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterUnavailable(f"No Dask scheduler answers at {scheduler}.") from error
    with client:
        yield client


def settings_for_workers(settings: GradingSettings, scheduler: str | None) -> GradingSettings:
    """The settings as other machines can use them: a directory of this one is none of theirs."""
    if scheduler is None or "://" in settings.store:
        return settings
    return replace(settings, store="")
