"""Where a class is graded: workers of this machine by default, or any Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import dask
from distributed import Client, LocalCluster

from graders.grading.cluster_tasks import SANDBOX, TRAINER
from graders.grading.workshop import GradingSettings
from graders.models.training import ALIKE_TO_THE_BIT

# A submission that makes its worker fall twice is not tried a third time.
_ALLOWED_FAILURES = 1
_SANDBOXES = 2
_CONNECT_SECONDS = 30


class ClusterUnavailable(RuntimeError):  # noqa: N818 - the name says it already
    """No scheduler answers where one was expected; the message says where."""


@contextmanager
def open_cluster(scheduler: str | None, workers: int | None = None) -> Iterator[Client]:
    """A client of the cluster at `scheduler`, or of a cluster of this machine's own.

    A local worker has a place for one training, on two cores, and for two notebooks.

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
        cores = len(os.sched_getaffinity(0))
        with (
            LocalCluster(
                n_workers=workers or max(cores // ALIKE_TO_THE_BIT, 1),
                threads_per_worker=_SANDBOXES + 1,
                resources={SANDBOX: _SANDBOXES, TRAINER: 1},
                memory_limit=0,
                dashboard_address=None,
                host="127.0.0.1",
                silence_logs=50,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


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
