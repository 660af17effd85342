"""What commands that train share: who does the work, and the plan of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import jax
import tyro
from rich.table import Table

from experiments.plan import Asked, Plan, Work
from experiments.progress import Output
from experiments.training.hosts import Hosts
from experiments.workers import Crew, as_many_as_fit
from scm.arguments import require

Planned = Annotated[
    tyro.conf.FlagCreatePairsOff[bool],
    tyro.conf.arg(
        help="Print what would be trained and measured, what is stored, in how many compiled "
        "programs and how long it should take; compute and write nothing."
    ),
]

Workers = Annotated[
    int | None,
    tyro.conf.arg(
        metavar="N",
        help="Processes of this machine that train and measure, of up to 2 GB each; by default "
        "one for each core, and on an accelerator this one alone. Rows are the same "
        "bits whatever N.",
    ),
]

Scheduler = Annotated[
    str | None,
    tyro.conf.arg(
        metavar="ADDRESS",
        help="Dask scheduler whose workers train and measure, e.g. tcp://host:8786; needs "
        "pip install 'token-scm[cluster]'. All workers must share the folder of the results by "
        "the same path.",
    ),
]


Distributed = Annotated[
    tyro.conf.FlagCreatePairsOff[bool],
    tyro.conf.arg(
        help="Train each run on the devices of several processes, all started by this command; the "
        "first alone writes. Slurm, MPI and TPU pods tell who they are; elsewhere coordinator, "
        "rank and count do."
    ),
]

Coordinator = Annotated[
    str | None,
    tyro.conf.arg(metavar="HOST:PORT", help="Where the process of rank 0 of a distributed job is."),
]

Rank = Annotated[
    int | None, tyro.conf.arg(metavar="R", help="Number of this process of a distributed job.")
]

Count = Annotated[
    int | None, tyro.conf.arg(metavar="N", help="Number of processes of a distributed job.")
]


def join(distributed: bool, coordinator: str | None, rank: int | None, count: int | None) -> None:
    """Join the processes of a distributed job, where this is one of them.

    Args:
        distributed: whether it is.
        coordinator: see `Hosts`, as for the others.
        rank: see there.
        count: see there.

    Raises:
        ArgumentError: if they do not all come, or are told of where there is no such job.
    """
    told = {"coordinator": coordinator, "rank": rank, "count": count}
    if distributed:
        Hosts(coordinator, rank, count).join()
        return
    for name, value in told.items():
        require(value is None, name, "none without --distributed", value)


def crew_of(workers: int | None, scheduler: str | None) -> Crew:
    """Who does the work.

    Args:
        workers: number of processes, at least 1; None for as many as fit.
        scheduler: address of a Dask scheduler.

    Raises:
        ArgumentError: for fewer than one, or both, or either in a distributed job.
    """
    if jax.process_count() > 1:
        for name, value in (("workers", workers), ("scheduler", scheduler)):
            require(value is None, name, "none beside --distributed, whose processes work", value)
        return Crew()
    if workers is None and scheduler is None:
        workers = as_many_as_fit()
    return Crew(workers, scheduler)


def print_plan(plan: Plan) -> None:
    """Print a plan as a table, a line a study and one for all.

    Args:
        plan: what is asked for, and what is left to do.
    """
    table = Table(box=None, pad_edge=False)
    table.add_column("study")
    for heading in ("settings", "stored", "runs to train", "programs", "expected"):
        table.add_column(heading, justify="right")
    for name in dict.fromkeys(one.study.name for one in plan.asked):
        asked = [one for one in plan.asked if one.study.name == name]
        work = [one for one in plan.work if one.asked.study.name == name]
        table.add_row(name, *_cells(asked, work))
    table.add_row("all", *_cells(plan.asked, plan.work))
    output = Output()
    output.print(table, highlight=False)
    output.print("Runs and programs that studies share count once in the last line.")


def _cells(asked: Sequence[Asked], work: Sequence[Work]) -> tuple[str, ...]:
    runs = {run.key for one in work for run in one.runs}
    programs = {program for one in work for program in one.programs}
    seconds = [one.seconds for one in work]
    counts = (len(asked), len(asked) - len(work), len(runs), len(programs))
    return (*map(str, counts), _duration(seconds))


def _duration(seconds: Sequence[float | None]) -> str:
    """The sum of what settings should take, in words."""
    known = [one for one in seconds if one is not None]
    if len(known) < len(seconds):
        return "unknown"
    total = sum(known)
    return f"{total:.0f} s" if total < 120 else f"{total / 60:.0f} min"
