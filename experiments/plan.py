"""A plan before the work: what is to be measured, what trained for it, and in which programs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from experiments.expected import earlier, expected_seconds
from experiments.measuring import ROWS, unit_key
from experiments.results.units import Units
from experiments.studies import Setting, Study
from experiments.training.programs import numbers_an_image, program_of
from experiments.training.run import RUNS, Run, lineage

FIXED = 1000
"""What a setting takes beside its training steps, counted in steps: compilation and probes. A step
of the default perceptrons takes a millisecond, a program a second and more."""


NUMBERS = 1e4
"""Numbers in a batch's images with which a step takes as long as one of the default perceptrons: on
one core that took 1.1 ms, and one of 256 images of 24 by 24 pixels, in patches, 53 ms."""


@dataclass(frozen=True)
class Asked:
    """A setting of a study that is asked for.

    Attributes:
        study: the study.
        setting: of the study.
        label: what is said of it while one waits.
    """

    study: Study
    setting: Setting
    label: str

    @cached_property
    def key(self) -> str:
        """The hash that its rows are stored under."""
        return unit_key(self.study, self.setting)


def every_setting(study: Study, settings: Sequence[Setting]) -> list[Asked]:
    """Some settings of a study, numbered.

    Args:
        study: the study.
        settings: of the study.
    """
    count = len(settings)
    return [
        Asked(study, setting, f"{study.name} {index}/{count}: {setting.name}")
        for index, setting in enumerate(settings, 1)
    ]


@dataclass(frozen=True)
class Work:
    """A setting that is to be measured, since its rows are not stored.

    Attributes:
        asked: the setting.
        runs: what is to be trained for it, in order: a run stands behind the one it starts from.
        programs: the number of the compiled program of each run.
        seconds: what it should take; None where nothing tells.
    """

    asked: Asked
    runs: tuple[Run, ...]
    programs: tuple[int, ...]
    seconds: float | None

    @property
    def steps(self) -> int:
        """Steps of training, summed over runs and seeds."""
        return sum(run.steps for run in self.runs)

    @property
    def default_steps(self) -> float:
        """As many steps of the default perceptrons as take about as long, by the images read."""
        return sum((run.steps * _default_steps_a_step(run) for run in self.runs), 0.0)


Task = tuple[Work, ...]
"""What one process does, in order."""

_Tokens = Callable[[Work], Collection[Hashable]]

_ROUNDING = 1e-9
"""Bound on the rounding of a sum of ten thousand weights, relative to it."""


@dataclass(frozen=True)
class Plan:
    """What is asked for, and what of it is left to do.

    Attributes:
        asked: all of it, study by study.
        work: what is not stored, in the same order.
    """

    asked: tuple[Asked, ...]
    work: tuple[Work, ...]

    def weights(self) -> dict[str, float]:
        """What each setting that is left should take, by its key.

        In seconds where some are expected: others are told by their steps then. Else in steps of
        the default perceptrons.
        """
        steps = {work.asked.key: FIXED + work.default_steps for work in self.work}
        known = {work.asked.key: work.seconds for work in self.work if work.seconds is not None}
        taken = sum(steps[key] for key in known)
        a_step = sum(known.values()) / taken if taken else 1.0
        return {key: known.get(key, a_step * count) for key, count in steps.items()}

    def tasks(self, workers: int = 1) -> list[Task]:
        """What is left to do, in pieces that any process can do beside the others.

        Settings whose runs share a compiled program are one piece, so that no two processes
        compile it, unless the piece is more than a worker's share of the whole: then it is cut.
        Settings that need one run, or of whose runs one starts from another's, are never parted.

        Args:
            workers: how many processes there are, at least 1.

        Returns:
            The pieces, for several workers those that take longest first.
        """
        weights = self.weights()
        share = sum(weights.values()) / workers
        tasks = []
        for group in _connected(self.work, _programs):
            pieces = _connected(group, _runs)
            tasks += _cut(pieces, weights, share)
        place = {work.asked.key: index for index, work in enumerate(self.work)}
        tasks = [tuple(sorted(task, key=lambda work: place[work.asked.key])) for task in tasks]
        if workers > 1:
            tasks.sort(key=lambda task: -_weight(task, weights))
        return tasks


def make_plan(asked: Sequence[Asked], units: Units, *, force: bool = False) -> Plan:
    """What of some settings is left to do; nothing is computed or written.

    Args:
        asked: the settings, each once.
        units: what is stored.
        force: take nothing for stored.
    """
    known = earlier(units)
    numbers: dict[Hashable, int] = {}
    programs: dict[str, int] = {}
    work = []
    for one in asked:
        if not force and units.path(ROWS, one.key).exists():
            continue
        runs = runs_left(one.setting.run, units, force=force)
        for run in runs:
            if run.key not in programs:
                programs[run.key] = numbers.setdefault(program_of(run), len(numbers))
        seconds = expected_seconds(one.study, one.setting, known)
        work.append(Work(one, runs, tuple(programs[run.key] for run in runs), seconds))
    return Plan(tuple(asked), tuple(work))


def runs_left(run: Run | None, units: Units, *, force: bool) -> tuple[Run, ...]:
    """A run and those before it that are to be trained, the first first; none of none.

    Args:
        run: what a setting measures.
        units: what is stored.
        force: take nothing for stored.
    """
    found: list[Run] = []
    for one in lineage(run):
        if not force and units.path(RUNS, one.key).exists():
            break
        found.insert(0, one)
    return tuple(found)


def _default_steps_a_step(run: Run) -> float:
    return max(1.0, run.config.batch_size * numbers_an_image(run) / NUMBERS)


def _programs(work: Work) -> Collection[Hashable]:
    """What settings that belong together share: programs, or the study where nothing is trained."""
    return work.programs or (work.asked.study.name,)


def _runs(work: Work) -> Collection[Hashable]:
    return [run.key for run in work.runs] or (work.asked.key,)


def _connected(work: Sequence[Work], tokens: _Tokens) -> Iterator[Task]:
    """Groups of what shares a token, directly or through others, each in order."""
    groups: list[tuple[set[Hashable], list[int]]] = []
    for index, one in enumerate(work):
        shared, members = set(tokens(one)), [index]
        touching = [group for group in groups if group[0] & shared]
        for group in touching:
            groups.remove(group)
            shared |= group[0]
            members += group[1]
        groups.append((shared, members))
    for members in sorted(sorted(members) for _, members in groups):
        yield tuple(work[index] for index in members)


def _cut(pieces: Iterator[Task], weights: dict[str, float], share: float) -> list[Task]:
    """Pieces put together in order as long as they are no more than a share."""
    tasks: list[Task] = []
    for piece in pieces:
        last = tasks[-1] if tasks else ()
        if last and _weight(last + piece, weights) <= share * (1 + _ROUNDING):
            tasks[-1] = last + piece
        else:
            tasks.append(piece)
    return tasks


def _weight(task: Task, weights: dict[str, float]) -> float:
    return sum(weights[work.asked.key] for work in task)
