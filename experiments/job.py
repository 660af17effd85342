"""The work of a plan: done here or by workers, and collected as it comes."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

import jax

from experiments.collected import GLANCE, Collected, StudyRows
from experiments.compilation import Compilations, compilations, count, keep_programs
from experiments.forgetting import drop_programs
from experiments.measuring import measure, unit_key
from experiments.plan import Asked, Plan, Task, Work, runs_left
from experiments.progress import job_bar
from experiments.results.provenance import provenance
from experiments.results.units import Origin, Units
from experiments.training.groups import finish_groups
from experiments.training.loop import trains_together
from experiments.training.programs import prepare
from experiments.training.run import Run
from experiments.workers import DEATHS, Team, WorkersLostError
from scm.arguments import ArgumentError
from scm.plugins import load_plugins


@dataclass(frozen=True)
class Done:
    """What a worker tells of a task; the rows are in the units.

    Attributes:
        used: see `Units.used`.
        compiled: what the task compiled.
    """

    used: dict[str, tuple[Origin, dict[str, Any]]]
    compiled: Compilations


@dataclass(frozen=True)
class Order:
    """A task as a worker gets it.

    Attributes:
        units: where rows and runs are kept, by a path that all workers share.
        asked: what is to be measured, in order.
        keys: what their rows are stored under where the job was planned.
        force: see `experiments.measuring.measure`.
        keep: whether compiled programs are kept, see `experiments.compilation.keep_programs`.
    """

    units: Units
    asked: tuple[Asked, ...]
    keys: tuple[str, ...]
    force: bool
    keep: bool


def perform(
    plan: Plan,
    units: Units,
    team: Team,
    *,
    force: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
    whole: Callable[[Mapping[str, StudyRows]], object] = lambda _: None,
) -> dict[str, StudyRows]:
    """Do what is left to do, and collect the rows of all that is asked for.

    Args:
        plan: what to do.
        units: where rows and runs are kept.
        team: who does it, see `Crew.team`.
        force: see `experiments.measuring.measure`.
        meanwhile: what this process has to do while others train, or before it does.
        whole: called whenever further studies have all their rows, with those of all that have.

    Returns:
        What there is of each study, by its name, in the order in which they are asked for.

    Raises:
        ArgumentError: if a unit is damaged, workers cannot be reached, or do not share the folder,
            the version or the study.
        NonFiniteLossError: if training diverges.
        WorkersLostError: if the workers of a task die `DEATHS` times.
    """
    weights = plan.weights()
    with job_bar(sum(weights.values(), 0.0)) as bar:
        collected = Collected(plan, units, weights, bar, whole, force=force)
        if team.executor is None:
            meanwhile()
            collected.look()
            tasks = plan.tasks()
            ahead = _compiled_ahead([work for task in tasks for work in task])
            for task in tasks:
                _train_groups(task, units, collected, force=force)
                for work in task:
                    for run in ahead.get(work.asked.key, ()):
                        prepare([run])
                    _measure(work, units, collected, force=force)
                drop_programs()
        else:
            _delegate(plan, units, team, collected, meanwhile, force=force)
    assert collected.complete
    return collected.studies()


def _compiled_ahead(works: Sequence[Work]) -> dict[str, list[Run]]:
    """The runs whose programs are compiled while a setting is measured, by the setting's key.

    Those are the runs with new programs of the next setting that has any. With several hosts there
    are none: they compile together. Nor are there where `finish_groups` has them compiled.
    """
    if jax.process_count() > 1 or trains_together():
        return {}
    seen: set[int] = set()
    turns: list[tuple[str, list[Run]]] = []
    for work in works:
        new: dict[int, Run] = {}
        for number, run in zip(work.programs, work.runs, strict=True):
            if number not in seen:
                new.setdefault(number, run)
        seen |= new.keys()
        if new or not turns:
            turns.append((work.asked.key, list(new.values())))
    return {here: following for (here, _), (_, following) in pairwise(turns)}


def _train_groups(task: Task, units: Units, collected: Collected, *, force: bool) -> None:
    """What of a task trains together, with the bar moved for each setting that it is for."""

    def report(run: Run, done: int) -> None:
        for work in task:
            if run in work.runs:
                collected.within(work, done)

    named = ((work.asked.study.name, run) for work in task for run in work.runs)
    finish_groups(named, units, force=force, report=report)


def _measure(work: Work, units: Units, collected: Collected, *, force: bool) -> None:
    one = work.asked
    collected.within(work)

    def report(done: int, _: float) -> None:
        collected.within(work, done)

    measure(one.study, one.setting, units, force=force, report=report)
    collected.look()


def _delegate(
    plan: Plan,
    units: Units,
    team: Team,
    collected: Collected,
    meanwhile: Callable[[], None],
    *,
    force: bool,
) -> None:
    assert team.executor is not None
    shared = replace(units, directory=units.directory.resolve())
    keep = jax.config.values["jax_compilation_cache_dir"] is not None
    tasks: dict[Future[Done], Task] = {}
    quick: list[Work] = []
    for task in plan.tasks(team.count):
        if all(work.asked.setting.run is None for work in task):
            quick += task
            continue
        asked = tuple(work.asked for work in task)
        order = Order(shared, asked, tuple(one.key for one in asked), force, keep)
        tasks[team.executor.submit(obey, _packed(order))] = task
    # What trains nothing takes no longer than to tell others of it, and is there first.
    for work in quick:
        _measure(work, units, collected, force=force)
    meanwhile()
    collected.look()
    waiting = set(tasks)
    while waiting:
        done, waiting = wait(waiting, GLANCE, FIRST_COMPLETED)
        for future in done:
            try:
                made = future.result()
            except team.lost:
                raise WorkersLostError(_lost(tasks[future])) from None
            units.absorb(made.used, collected.new)
            count(made.compiled)
            collected.expect(tasks[future])
        collected.look()


def obey(order: bytes) -> Done:
    """Do a task as a worker, and store what was measured.

    Args:
        order: an `Order`, pickled.

    Returns:
        What is to be told of it.

    Raises:
        ArgumentError: if the study, the folder, or what decides on keys is not here as it is where
            the job was planned; or if a unit is damaged.
        NonFiniteLossError: if training diverges.
    """
    with _ONE_AT_A_TIME:
        _prepare()
        found, before = _unpacked(order), compilations()
        if found.keep:
            keep_programs()
        units = found.units
        if not units.directory.is_dir():
            raise ArgumentError(
                f"out: expected a folder that all workers share, got {str(units.directory)!r}, "
                "which is not there for one of them"
            )
        for one, key in zip(found.asked, found.keys, strict=True):
            if unit_key(one.study, one.setting) != key:
                raise ArgumentError(
                    "workers: expected the version, the settings of JAX and the sources that the "
                    f"job was planned with, got others, by which {one.label} is another setting"
                )
        named = (
            (one.study.name, run)
            for one in found.asked
            for run in runs_left(one.setting.run, units, force=found.force)
        )
        finish_groups(named, units, force=found.force)
        for one in found.asked:
            measure(one.study, one.setting, units, force=found.force)
        drop_programs()
        return Done(units.used, compilations() - before)


_ONE_AT_A_TIME = threading.Lock()
"""A worker of Dask may have several threads, which would compile the same and share no key."""


@cache
def _prepare() -> None:
    """What a process does before its first task."""
    load_plugins()
    provenance()


def _packed(order: Order) -> bytes:
    try:
        return pickle.dumps(order)
    except (AttributeError, TypeError, pickle.PicklingError) as error:
        raise _unsendable(error) from None


def _unpacked(order: bytes) -> Order:
    try:
        return pickle.loads(order)
    except (AttributeError, ImportError, TypeError) as error:
        raise _unsendable(error) from None


def _unsendable(error: Exception) -> ArgumentError:
    return ArgumentError(
        "study: expected what workers can import, a class at the top level of a module that is "
        f"installed for them, got {type(error).__name__}: {error}"
    )


def _lost(task: Task) -> str:
    settings = " or ".join(work.asked.label for work in task)
    return (
        f"workers: expected processes that live, got {DEATHS} that died at {settings}; if memory "
        "was short, take fewer workers"
    )
