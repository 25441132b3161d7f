"""A class graded on a cluster that is not there, from measured unit costs.

Rules are those of the batch: notebooks take places in order; one that waits for a training keeps
its place; a training is run once, by the first free trainer, however many wait for it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from random import Random


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """Seconds: of a notebook before it asks for its long training and after, of a training."""

    before: float
    after: float
    training: float


@dataclass(frozen=True, slots=True)
class ClassTime:
    """How long the class took, how long its trainings alone, and how busy the places were."""

    seconds: float
    trainings_done: float
    notebooks_busy: float
    trainers_busy: float


def wanted(submissions: int, trainings: int, seed: int = 0) -> list[int]:
    """Which training each submission asks for: every one at least once, the first by most."""
    random = Random(seed)
    others = list(range(1, trainings))
    asked = [*others, *([0] * (submissions - len(others)))]
    random.shuffle(asked)
    return asked


def simulate(asked: Iterable[int], costs: UnitCosts, places: int, trainers: int) -> ClassTime:
    """The time of a class whose submissions ask for these trainings."""
    waiting = list(reversed(list(asked)))
    whole = len(waiting)
    order = count()
    events: list[tuple[float, int, str, int]] = []
    queue: list[int] = []
    done: set[int] = set()
    waiters: dict[int, int] = {}
    free, now, last_training, runs = trainers, 0.0, 0.0, 0

    def after(delay: float, what: str, training: int) -> None:
        heapq.heappush(events, (now + delay, next(order), what, training))

    for _ in range(min(places, whole)):
        after(costs.before, "asks", waiting.pop())
    while events:
        now, _, what, training = heapq.heappop(events)
        if what == "asks" and training not in done:
            if training not in waiters:
                queue.append(training)
            waiters[training] = waiters.get(training, 0) + 1
        elif what == "asks":
            after(costs.after, "ends", training)
        elif what == "trained":
            free, last_training = free + 1, now
            done.add(training)
            for _ in range(waiters.pop(training)):
                after(costs.after, "ends", training)
        elif waiting:
            after(costs.before, "asks", waiting.pop())
        while free and queue:
            free, runs = free - 1, runs + 1
            after(costs.training, "trained", queue.pop(0))
    held = whole * (costs.before + costs.after)
    return ClassTime(
        now,
        last_training,
        held / (now * places),
        runs * costs.training / (now * trainers),
    )
