"""`graders worker`: this machine's cores and GPUs, for a class that is graded from elsewhere."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from enum import StrEnum
from typing import Annotated

import typer
from distributed import Client, Lock, Nanny
from distributed.security import Security
from rich.console import Console

from graders.commands.told import told
from graders.grading.batch.tasks import SANDBOX, TRAINER
from graders.grading.batch.unavailable import ClusterUnavailable
from graders.grading.batch.workers import PLACES, WorkerPlan, plan_workers
from graders.grading.conversion import one_line
from graders.grading.isolation.sandbox import find_bwrap
from graders.grading.trainings.devices import VISIBLE, visible_gpus

_CONNECT_SECONDS = 30
# Dask Gateway starts workers in its own way: one a pod, by a name that it counts. How much each
# does at once is ours to say, and there is no page.
_OF_GATEWAY = typer.Option(hidden=True)


class Only(StrEnum):
    """What a machine works for, if not for all."""

    NOTEBOOKS = "notebooks"
    TRAININGS = "trainings"


_KINDS = {Only.NOTEBOOKS: (SANDBOX,), Only.TRAININGS: (TRAINER,), None: (SANDBOX, TRAINER)}


@told()
def worker(
    scheduler: Annotated[str, typer.Argument(help="The Dask scheduler, tcp://HOST:PORT.")],
    gpu: Annotated[
        int | None, typer.Option(min=0, help="GPUs to train on; all there are, if not said.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Workers of each kind; else, as the cores bear.")
    ] = None,
    only: Annotated[Only | None, typer.Option(help="Take no other work.")] = None,
    host: Annotated[
        str | None, typer.Option(help="Address at which others reach this machine.")
    ] = None,
    name: Annotated[str | None, _OF_GATEWAY] = None,
    nthreads: Annotated[str | None, _OF_GATEWAY] = None,
    memory_limit: Annotated[str | None, _OF_GATEWAY] = None,
    dashboard_address: Annotated[str | None, _OF_GATEWAY] = None,
) -> None:
    """Work for a class that is graded with `graders grade --scheduler`, until the scheduler ends.

    Each GPU gets a worker for trainings; where there is none, trainings run on the processor.
    Notebooks run in their sandbox, on the processor, and never see a GPU.
    """
    console = Console()
    found = visible_gpus()
    wanted = len(found) if gpu is None else gpu
    if wanted > len(found):
        console.print(_too_few(wanted, len(found)), soft_wrap=True)
    plans = plan_workers(workers if name is None else 1, found[:wanted], _KINDS[only])
    if any(plan.kind == SANDBOX for plan in plans):
        find_bwrap()
    console.print(_described(plans, scheduler), highlight=False, soft_wrap=True)
    if name is None:
        asyncio.run(_work_for_all(scheduler, plans, host))
    else:
        asyncio.run(_work_for_gateway(scheduler, plans, name))


def _too_few(wanted: int, found: int) -> str:
    if not found:
        return f"No GPU here, and {wanted} asked for: trainings run on the processor."
    return f"{found} GPU here, and {wanted} asked for: {found} used."


def _described(plans: Sequence[WorkerPlan], scheduler: str) -> str:
    places = Counter[str]()
    for plan in plans:
        places[plan.kind] += PLACES[plan.kind]
    gpus = [plan.variables[VISIBLE] for plan in plans if plan.has_gpu]
    where = f"on GPU {', '.join(gpus)}" if gpus else "on the processor"
    parts = [f"{places[SANDBOX]} notebooks"] if places[SANDBOX] else []
    parts += [f"{places[TRAINER]} trainings {where}"] if places[TRAINER] else []
    return f"Working for {scheduler}: {' and '.join(parts)} at once."


async def _work_for_all(scheduler: str, plans: Sequence[WorkerPlan], host: str | None) -> None:
    # Made here, for a nanny belongs to the event loop that runs when it is made.
    await _work([_nanny(scheduler, plan, host) for plan in plans])


async def _work(nannies: Sequence[Nanny]) -> None:
    """Until the scheduler ends, or this process is told to.

    Raises:
        ClusterUnavailable: nobody answers there.
    """
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_end.set)
    async with AsyncExitStack() as stack:
        for nanny in nannies:
            await stack.enter_async_context(nanny)
        ends = [asyncio.ensure_future(nanny.finished()) for nanny in nannies]
        ends.append(asyncio.ensure_future(told_to_end.wait()))
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()


async def _work_for_gateway(scheduler: str, plans: Sequence[WorkerPlan], name: str) -> None:
    """As the one worker of a pod: of the kind that the cluster has least of."""
    own = Security()  # as the gateway has configured it, for workers only
    asking = Security(
        tls_ca_file=own.tls_ca_file,
        tls_client_cert=own.tls_worker_cert,
        tls_client_key=own.tls_worker_key,
        require_encryption=True,
    )
    async with Client(
        scheduler, security=asking, asynchronous=True, set_as_default=False
    ) as client:
        # Held until the worker is counted, so that pods that start together differ.
        lock = Lock("graders-kind", scheduler_rpc=client.scheduler, loop=client.loop)
        async with lock:
            told = await client.scheduler.identity(n_workers=-1)
            known = Counter(
                kind for other in told["workers"].values() for kind in other["resources"]
            )
            plan = min(plans, key=lambda plan: known[plan.kind])
            nanny = await _nanny(scheduler, plan, None, name)
    await _work([nanny])


def _nanny(scheduler: str, plan: WorkerPlan, host: str | None, name: str | None = None) -> _Started:
    return _Started(
        scheduler,
        host=host,
        name=name,
        death_timeout=_CONNECT_SECONDS,
        dashboard_address=":0",
        **plan.options(),
    )


class _Started(Nanny):
    """A nanny that says in our words why it does not start."""

    async def __aenter__(self) -> _Started:
        try:
            return await super().__aenter__()
        except (OSError, TimeoutError, RuntimeError) as error:
            reason = one_line(error.__cause__ or error)
            raise ClusterUnavailable(f"No work at {self.scheduler_addr}: {reason}") from error
