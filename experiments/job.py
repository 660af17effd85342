"""The work of a plan: done here or by workers, and collected as it comes."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import jax
import psutil

from experiments.compilation import Compilations, compilations, count, keep_programs
from experiments.measuring import ROWS, measure, stored_rows, unit_key
from experiments.plan import Asked, Plan, Task, Work
from experiments.progress import JobBar, console, job_bar
from experiments.results.provenance import provenance
from experiments.results.record import Row
from experiments.results.units import Origin, Units
from experiments.workers import DEATHS, Team, WorkersLostError
from scm.arguments import ArgumentError
from scm.plugins import load_plugins

GLANCE = 1.0
"""Seconds between two looks at what workers have stored."""

VISIBLE = 60.0
"""Seconds within which what a worker stores is seen here; network file systems remember for half a
minute that a file was not there."""

PROGRAMS = 1.25 * 2**30
"""Bytes that a process takes before it forgets programs; 0.9 GiB are taken after the first task."""

StudyRows = tuple[list[Row], dict[str, float]]
"""Rows of a study, derived ones last, and what each of its settings took, in seconds, by name."""


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
    whole: Callable[[Mapping[str, StudyRows]], None] = lambda _: None,
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
        collected = _Collected(plan, units, weights, bar, whole)
        if team.executor is None:
            meanwhile()
            collected.look()
            for task in plan.tasks():
                for work in task:
                    _measure(work, units, collected, force=force)
                drop_programs()
        else:
            _delegate(plan, units, team, collected, meanwhile, force=force)
    return collected.studies()


def _measure(work: Work, units: Units, collected: _Collected, *, force: bool) -> None:
    steps = 0

    def report(done: int, _: float) -> None:
        nonlocal steps
        steps += done
        collected.within(work, steps)

    one = work.asked
    collected.within(work, 0)
    measure(one.study, one.setting, units, force=force, report=report)
    collected.look()


def _delegate(
    plan: Plan,
    units: Units,
    team: Team,
    collected: _Collected,
    meanwhile: Callable[[], None],
    *,
    force: bool,
) -> None:
    assert team.executor is not None
    shared = replace(units, directory=units.directory.resolve())
    keep = jax.config.jax_compilation_cache_dir is not None
    tasks: dict[Future[Done], Task] = {}
    for task in plan.tasks(team.count):
        asked = tuple(work.asked for work in task)
        order = Order(shared, asked, tuple(one.key for one in asked), force, keep)
        tasks[team.executor.submit(obey, _packed(order))] = task
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
            measure(one.study, one.setting, units, force=found.force)
        drop_programs()
        return Done(units.used, compilations() - before)


_ONE_AT_A_TIME = threading.Lock()
"""A worker of Dask may have several threads, which would compile the same and share no key."""


def drop_programs() -> None:
    """Forget what was compiled, where it takes too much memory: no later task trains in it.

    Probes and worlds are compiled, or found, anew then. Forgetting after each of six tasks took
    1.23 times the processor time and 0.74 of the memory, which did not grow any more.
    """
    if psutil.Process().memory_info().rss > PROGRAMS:
        jax.clear_caches()


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


class _Collected:
    """What has been stored of a plan: looked for on disk, so that it does not matter by whom.

    Attributes:
        new: file names of units that were not there when this began.
    """

    def __init__(
        self,
        plan: Plan,
        units: Units,
        weights: Mapping[str, float],
        bar: JobBar,
        whole: Callable[[Mapping[str, StudyRows]], None],
    ) -> None:
        self._asked = plan.asked
        self._units, self._weights, self._bar, self._whole = units, weights, bar, whole
        self._left = {work.asked.key: work for work in plan.work}
        self._before = {key: self._mark(key) for key in self._left}
        self._measured: dict[str, tuple[list[Row], float]] = {}
        self._studies: dict[str, StudyRows] = {}
        names = [units.path(ROWS, key).name for key in self._left]
        names += [units.path("run", run.key).name for work in plan.work for run in work.runs]
        self.new = set(names)

    def within(self, work: Work, steps: int) -> None:
        """Move the bar to where the training of a setting stands.

        Args:
            work: the setting.
            steps: of its training that are done.
        """
        share = steps / work.steps if work.steps else 0.0
        self._bar.within(work.asked.label, self._weights[work.asked.key], share)

    def look(self) -> None:
        """Read what is new, say so, and hand on the studies that are whole by now."""
        for one in self._asked:
            work = self._left.get(one.key)
            if one.key in self._measured or (work and self._mark(one.key) == self._before[one.key]):
                continue
            measured = stored_rows(self._units, one.key)
            assert measured is not None, one.label
            self._measured[one.key] = measured
            if work is not None:
                del self._left[one.key]
                self._bar.finish(self._weights[one.key])
                if one.setting.run is not None:
                    console.print(f"{one.label}: {measured[1]:.0f} s", highlight=False)
        self._hand_on()

    def expect(self, task: Task) -> None:
        """Wait until all of a task is seen, which is done.

        Args:
            task: what was done.

        Raises:
            ArgumentError: if it is not seen in time.
        """
        end = time.monotonic() + VISIBLE
        for work in task:
            while work.asked.key in self._left and (
                self._mark(work.asked.key) == self._before[work.asked.key]
            ):
                if time.monotonic() > end:
                    raise ArgumentError(
                        "out: expected a folder that all workers share, got "
                        f"{str(self._units.directory)!r}, where the rows of {work.asked.label} did "
                        "not arrive"
                    )
                time.sleep(GLANCE / 10)

    def studies(self) -> dict[str, StudyRows]:
        """The studies that are whole, in the order in which they are asked for."""
        return {
            one.study.name: self._studies[one.study.name]
            for one in self._asked
            if one.study.name in self._studies
        }

    def _hand_on(self) -> None:
        further = False
        for name, asked in _by_study(self._asked).items():
            if name in self._studies or any(one.key not in self._measured for one in asked):
                continue
            further = True
            rows = [row for one in asked for row in self._measured[one.key][0]]
            seconds = {one.setting.name: self._measured[one.key][1] for one in asked}
            self._studies[name] = [*rows, *asked[0].study.derive(rows)], seconds
        if further:
            self._whole(self.studies())

    def _mark(self, key: str) -> tuple[int, int] | None:
        """What tells a unit's file from an earlier one in its place; None if there is none."""
        try:
            found = self._units.path(ROWS, key).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


def _by_study(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for one in asked:
        found.setdefault(one.study.name, []).append(one)
    return found
