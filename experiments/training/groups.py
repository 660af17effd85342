"""Runs that train together: all of one program that fit in memory, where that is faster."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

import jax

from experiments.configs.encoding import config_hash
from experiments.results.units import Units
from experiments.training.loop import Trained, step_counts, train_group, trains_together
from experiments.training.members import members
from experiments.training.memory import member_bytes, memory_bytes
from experiments.training.mesh import device_mesh
from experiments.training.programs import prepare, shared_by
from experiments.training.run import RUNS, FinishedRun, Run, finish, started_from, store
from experiments.training.saves import Saves

ROOM = 0.5
"""The share of memory that a group may take as `member_bytes` estimates it, which is no bound."""

Group = tuple[Run, ...]


def groups(runs: Sequence[Run]) -> list[Group]:
    """Which runs train together, in an order in which none comes before what it starts from.

    They share a program and have as many steps, and all their seeds fit in memory by `ROOM`.

    Args:
        runs: what is to be trained.

    Returns:
        All of them, each once; those that are alone too.
    """
    left = {run.key: run for run in runs}
    found: list[Group] = []
    while left:
        ready = [run for run in left.values() if run.start is None or run.start.key not in left]
        alike: dict[object, list[Run]] = {}
        for run in ready:
            alike.setdefault((*shared_by(run), run.config.steps), []).append(run)
            del left[run.key]
        found += [group for runs in alike.values() for group in _that_fit(runs)]
    return found


def finish_groups(
    runs: Iterable[tuple[str, Run]],
    units: Units,
    *,
    force: bool = False,
    report: Callable[[Run, int], None] = lambda _, __: None,
) -> None:
    """Train and store runs, group by group; the next program compiles while one trains.

    A group that is killed goes on where it was, as a run does. Nothing is trained where runs are
    faster one by one, see `trains_together`, or where several hosts share each of them.

    Args:
        runs: what is not stored, each with the name of its study, which errors tell; one may come
            several times. Not looked at where nothing is trained.
        units: where runs are kept.
        force: train them even if they are stored, unless they were computed here.
        report: called after every chunk of steps, with each run and its steps, summed over seeds.

    Raises:
        ArgumentError: if what a run starts from is damaged, or does not fit.
        NonFiniteLossError: if training diverges.
    """
    if not trains_together() or jax.process_count() > 1:
        return
    named = [(name, run) for name, run in runs if not (force and units.computed(RUNS, run.key))]
    study = {run.key: name for name, run in named}
    found = groups([run for _, run in named])
    for group, following in zip_longest(found, found[1:]):
        if following is not None:
            prepare(following)
        if len(group) == 1:
            (run,) = group
            name = study[run.key]
            finish(run, units, study=name, force=force, report=lambda n, _, r=run: report(r, n))
        else:
            _finish_group(group, study, units, force=force, report=report)


def _finish_group(
    group: Group,
    study: Mapping[str, str],
    units: Units,
    *,
    force: bool,
    report: Callable[[Run, int], None],
) -> None:
    everyone = [
        member
        for run in group
        for member in members(
            run.config,
            run.seeds,
            started_from(run, units, study=study[run.key], force=force),
            study[run.key],
        )
    ]
    saves = Saves(units, config_hash("group", [run.key for run in group]), again=force)

    def after_chunk(steps: int, _: float) -> None:
        for run in group:
            report(run, steps // len(everyone) * len(run.seeds))

    with saves.on_termination():
        encoders, losses = train_group(everyone, device_mesh(), report=after_chunk, saves=saves)
    seconds, start = saves.seconds / len(everyone), 0
    for run in group:
        own = slice(start, start + len(run.seeds))
        trained = Trained(tuple(encoders[own]), losses[own], step_counts(run.config.steps))
        finished = FinishedRun(run, trained, seconds * len(run.seeds))
        store(finished, units, force=force, group=group)
        start = own.stop
    saves.discard()


def _that_fit(runs: Sequence[Run]) -> Iterator[Group]:
    """Runs in as few groups as fit, whose sizes are as even as can be."""
    most = max(1, int(ROOM * memory_bytes() / (member_bytes(runs[0].config) * len(runs[0].seeds))))
    count = math.ceil(len(runs) / most)
    for part in range(count):
        yield tuple(runs[part * len(runs) // count : (part + 1) * len(runs) // count])
