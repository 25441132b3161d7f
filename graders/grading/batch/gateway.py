"""A cluster that a Dask Gateway starts for one run, and ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from distributed import Client

from graders.grading.batch.unavailable import ClusterUnavailable
from graders.grading.conversion import one_line

GATEWAY = "gateway"
"""What stands for a scheduler's address: the gateway that `DASK_GATEWAY__ADDRESS` names."""
START_SECONDS = 600
_WORKERS = 2
_KINDS = 2


@contextmanager
def gateway_client(workers: int | None) -> Iterator[Client]:
    """A client of a cluster of `workers` pods for notebooks, and as many for trainings.

    Raises:
        ClusterUnavailable: there is no gateway, or it gives no cluster.
    """
    try:
        # Only the hub's staff has it.
        from dask_gateway import (  # noqa: PLC0415
            Gateway,
            GatewayClusterError,
            GatewayServerError,
        )
    except ModuleNotFoundError as error:
        raise ClusterUnavailable("Dask Gateway needs its client: install dask-gateway.") from error
    with ExitStack() as stack:
        try:
            gateway = stack.enter_context(Gateway())
            cluster = stack.enter_context(gateway.new_cluster(shutdown_on_close=True))
            # A pod is one worker: every other one takes trainings.
            cluster.scale(_KINDS * (workers or _WORKERS))
            client = stack.enter_context(cluster.get_client(set_as_default=False))
        except (
            GatewayClusterError,
            GatewayServerError,
            OSError,
            ValueError,
            RuntimeError,
        ) as error:
            reason = one_line(error)
            raise ClusterUnavailable(f"Dask Gateway gives no cluster: {reason}") from error
        yield client
