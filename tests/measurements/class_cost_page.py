"""From the figures of `class_cost` to `docs/performance.md` and its plot; pure, but for writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.measurements.bench_class import CLASS
from tests.measurements.simulated_class import UnitCosts, simulate, wanted

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "class-cost.svg"
ALLOWED_CPU, ALLOWED_BYTES = 8.0, 1.5e9
COLD_TIMES, AGAIN_TIMES, BOUND = 6.0, 25.0, 1.3
_GPU_SECONDS = (2.0, 5.0, 15.0)
_SHORT = 5  # epochs at which a training counts as cut short

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Costs:
    """What follows from the figures; seconds, unless said otherwise."""

    stock_one: float
    stock_short: float
    stock_class: float
    cold: float
    again: float
    changed: float
    bare: float
    marginal_cpu: float
    marginal_seconds: float
    kernel_bytes: float
    cores: int
    submissions: int

    @property
    def bound(self) -> float:
        """What the class may take: trainings bare, and what is allowed for each submission."""
        return self.bare + ALLOWED_CPU * self.submissions / self.cores


def costs_of(figures: Figures) -> Costs:
    """The measured sample stands for the submissions of its kind."""
    by_login = {handed.login: handed for handed in CLASS}
    kinds: dict[bool, list[float]] = {True: [], False: []}
    for login, measured in figures["stock"].items():
        kinds[by_login[login].lenet_epochs < _SHORT].append(measured["seconds"])
    short, whole = (sum(kinds[kind]) / len(kinds[kind]) for kind in (True, False))
    shorts = sum(handed.lenet_epochs < _SHORT for handed in CLASS)
    one, many, count = (figures["more"][name] for name in ("one", "many", "how many more"))
    return Costs(
        stock_one=whole,
        stock_short=short,
        stock_class=shorts * short + (len(CLASS) - shorts) * whole,
        cold=figures["cold"]["seconds"],
        again=figures["again"]["seconds"],
        changed=figures["changed test"]["seconds"],
        bare=sum(figures["bare"].values()),
        marginal_cpu=(many["cpu_seconds"] - one["cpu_seconds"]) / count,
        marginal_seconds=(many["seconds"] - one["seconds"]) / count,
        kernel_bytes=figures["more"]["many"]["kernel_bytes"],
        cores=figures["cores"],
        submissions=figures["submissions"],
    )


def publish(figures: Figures) -> None:
    """Writes the page's two tables and the plot."""
    costs = costs_of(figures)
    page = PAGE.read_text()
    page = _replaced(page, "class", table(costs, figures))
    page = _replaced(page, "scale", scale_table(costs))
    PAGE.write_text(page)
    plot(costs)


def table(costs: Costs, figures: Figures) -> str:
    """The class, beside what was aimed at."""
    sample = ", ".join(
        f"`{login}` {measured['seconds']:.0f} s" for login, measured in figures["stock"].items()
    )
    cold, again = costs.stock_class / costs.cold, costs.stock_class / costs.again
    goals: Sequence[tuple[str, str, str, bool]] = (
        ("times faster, cold", f"{cold:.1f}", f"at least {COLD_TIMES:g}", cold >= COLD_TIMES),
        ("times faster, again", f"{again:.0f}", f"at least {AGAIN_TIMES:g}", again >= AGAIN_TIMES),
        (
            "CPU seconds of one more right submission",
            f"{costs.marginal_cpu:.1f}",
            f"at most {ALLOWED_CPU:g}",
            costs.marginal_cpu <= ALLOWED_CPU,
        ),
        (
            "gigabytes of one submission, at its peak",
            f"{costs.kernel_bytes / 1e9:.2f}",
            f"at most {ALLOWED_BYTES / 1e9:g}",
            costs.kernel_bytes <= ALLOWED_BYTES,
        ),
        (
            f"the class, as a multiple of {costs.bound:.0f} s "
            f"(trainings bare, and {ALLOWED_CPU:g} CPU s × submissions ÷ cores)",
            f"{costs.cold / costs.bound:.2f}",
            f"at most {BOUND:g}",
            costs.cold / costs.bound <= BOUND,
        ),
    )
    return "\n".join(
        (
            "| | seconds | CPU seconds |",
            "|---|---|---|",
            *_row("`graders grade`, empty store", figures["cold"]),
            *_row("again, with `--force`", figures["again"]),
            *_row("after a changed test, with `--force`", figures["changed test"]),
            f"| the distinct trainings, bare, in one script | {costs.bare:.0f} | |",
            f"| stock `nbgrader autograde`, from its cost per submission | "
            f"{costs.stock_class:.0f} | |",
            "",
            f"Stock nbgrader was measured on a sample: {sample}. The class has "
            f"{sum(h.lenet_epochs >= _SHORT for h in CLASS)} submissions like the first two.",
            "",
            "| | found | aimed at | |",
            "|---|---|---|---|",
            *(
                f"| {name} | **{found}** | {goal} | {'held' if held else 'missed'} |"
                for name, found, goal, held in goals
            ),
            "",
            "![Hours to grade a class, against its size](images/class-cost.svg)",
            "",
            "The lines follow from the unit costs above, for a class that has as many different "
            "trainings as this one; marks are what was measured.",
        )
    )


def _row(name: str, measured: Mapping[str, float]) -> Iterator[str]:
    yield f"| {name} | {measured['seconds']:.0f} | {measured['cpu_seconds']:.0f} |"


def scale_table(costs: Costs) -> str:
    """1 000 submissions that want 100 distinct trainings, on 32 places and 4 trainers."""
    asked = wanted(1000, 100)
    one = costs.marginal_cpu / 2
    lines = [
        "| a training takes | the class takes | its trainings end after | places busy | "
        "trainers busy |",
        "|---|---|---|---|---|",
    ]
    trainings = (*_GPU_SECONDS, costs.bare / 2)
    for seconds in trainings:
        found = simulate(asked, UnitCosts(one, one, seconds), places=32, trainers=4)
        measured = " (as on two cores here)" if seconds is trainings[-1] else ""
        lines.append(
            f"| {seconds:.0f} s{measured} | {found.seconds / 60:.1f} min | "
            f"{found.trainings_done / 60:.1f} min | {found.notebooks_busy:.0%} | "
            f"{found.trainers_busy:.0%} |"
        )
    return "\n".join(lines)


def plot(costs: Costs) -> None:
    """Hours against the size of the class, for both; measured points are marked."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - for whoever draws

    sizes = list(range(1, 301))
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    stock = [size * costs.stock_one / 3600 for size in sizes]
    ours = [(costs.bare + size * costs.marginal_seconds) / 3600 for size in sizes]
    axes.plot(sizes, stock, "k--", label="stock nbgrader autograde")
    axes.plot(sizes, ours, "k-", label="graders grade, as many different trainings")
    axes.plot([costs.submissions], [costs.cold / 3600], "ko", label="measured, empty store")
    axes.plot([costs.submissions], [costs.again / 3600], "k^", label="measured, again")
    axes.set(xlabel="submissions", ylabel="hours on two cores", yscale="log", xlim=(0, 300))
    axes.grid(alpha=0.3)
    axes.legend()
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, metadata={"Date": None, "Creator": None})


def _replaced(page: str, name: str, text: str) -> str:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, after = page.split(begin, maxsplit=1)[0], page.split(end)[1]
    return f"{before}{begin}\n{text}\n{end}{after}"
