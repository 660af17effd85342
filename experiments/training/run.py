"""Runs: training that is done once, stored by hash, and loaded ever after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
from flax import nnx

from experiments.configs.encoding import config_hash, decode, encode, plain
from experiments.encoders import DualEncoder
from experiments.results.units import Units
from experiments.training import checkpoints
from experiments.training.config import TrainingConfig, require_start
from experiments.training.hosts import announce
from experiments.training.loop import NonFiniteLossError, Report, Trained, train
from experiments.training.saves import Saves, require_whole_progress
from scm.arguments import ArgumentError, require, require_seed

RUN_VERSION = 7
"""Raised by hand when the meaning of a run changes: the loop, its keys, the initialisation."""

RUNS = "run"
"""The kind of a unit that holds a run."""


@dataclass(frozen=True)
class Run:
    """A training config and the seeds that are trained with it.

    Attributes:
        config: what is trained; its numbers are kept as Python's, whatever kind they came as.
        seeds: at least one, distinct, each an integer in [0, 2**32).

    Raises:
        ArgumentError: if the seeds are not as said, or the config holds what cannot be stored.
    """

    config: TrainingConfig
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        seeds = tuple(require_seed("seeds", seed) for seed in self.seeds)
        distinct = 0 < len(seeds) == len(set(seeds))
        require(distinct, "seeds", "at least one, all distinct", seeds)
        object.__setattr__(self, "seeds", seeds)
        object.__setattr__(self, "config", plain(self.config))

    @property
    def key(self) -> str:
        """The hash that the run is stored under: of config, seeds and `random_bits`."""
        return config_hash(RUN_VERSION, self.config, self.seeds, random_bits())

    @property
    def steps(self) -> int:
        """Its steps of training, summed over seeds."""
        return self.config.steps * len(self.seeds)

    @property
    def start(self) -> Run | None:
        """The run at whose end this one starts, if it does."""
        return None if self.config.start is None else Run(self.config.start.training, self.seeds)


def lineage(run: Run | None) -> Iterator[Run]:
    """A run, the one that it starts from, and so on; none of none."""
    while run is not None:
        yield run
        run = run.start


def random_bits() -> dict[str, Any]:
    """The settings of JAX that decide what is drawn from a random key."""
    settings = ("jax_default_prng_impl", "jax_threefry_partitionable", "jax_enable_x64")
    return {setting: getattr(jax.config, setting) for setting in settings}


@dataclass(frozen=True)
class FinishedRun:
    """A run with what it trained.

    Attributes:
        run: config and seeds.
        trained: encoders and loss curves.
        seconds: how long training took, compilation included.
    """

    run: Run
    trained: Trained
    seconds: float


def finish(
    run: Run,
    units: Units,
    *,
    study: str = "user",
    force: bool = False,
    report: Report | None = None,
) -> FinishedRun:
    """Load a run, or train and store it; likewise the one that it starts from, before it.

    Where another process has stored the run in the meantime, that one is used.

    Args:
        run: what to train.
        units: where runs are kept.
        study: named in errors.
        force: train even if it is stored; what it starts from, unless that was computed here.
        report: see `experiments.training.loop.train`; not called for a stored run.

    Raises:
        ArgumentError: if the stored run is damaged, or the one that it starts from does not fit.
        NonFiniteLossError: if training diverges.
    """
    key = run.key
    payload = None if force else units.load(RUNS, key)
    if payload is not None:
        return _restore(run, payload, units)
    ended = started_from(run, units, study=study, force=force)
    saves = Saves(units, key, again=force)
    announce(key)
    with saves.on_termination():
        trained = train(run.config, run.seeds, study=study, report=report, ended=ended, saves=saves)
    finished = store(FinishedRun(run, trained, saves.seconds), units, force=force)
    saves.discard()
    return finished


def store(
    finished: FinishedRun, units: Units, *, force: bool = False, group: Sequence[Run] = ()
) -> FinishedRun:
    """Store a run, unless another process has stored it in the meantime.

    Args:
        finished: the run.
        units: where runs are kept.
        force: store it all the same.
        group: the runs that trained in one program with it, itself among them; none if it did
            alone. Sums are added in another order then, so this is part of what is stored.

    Returns:
        The run, or that of the other process.
    """
    run, trained, key = finished.run, finished.trained, finished.run.key
    payload = None if force else units.load(RUNS, key)
    if payload is not None:
        return _restore(run, payload, units)
    record = checkpoints.write(units.directory, f"{RUNS}-{key}", _parameters(trained.encoders))
    payload = {
        "config": encode(run.config),
        "seeds": list(run.seeds),
        "random_bits": random_bits(),
        "group": [one.key for one in group],
        "losses": trained.losses.tolist(),
        "step_counts": trained.step_counts.tolist(),
        "seconds": finished.seconds,
        "checkpoint": record,
    }
    units.save(RUNS, key, payload)
    checkpoints.remove_abandoned(units.directory, f"{RUNS}-{key}", record["name"])
    return finished


def train_along(run: Run) -> None:
    """Train a run that the first process trains, in step with it; see `experiments.training.hosts`.

    Args:
        run: what it trains. Where that starts is told by the first process.
    """
    start = run.start
    ended = () if start is None else tuple(map(start.config.build_encoders, start.seeds))
    # The first process says so of a loss that is no number.
    with contextlib.suppress(NonFiniteLossError):
        train(run.config, run.seeds, ended=ended)


def started_from(
    run: Run, units: Units, *, study: str = "user", force: bool = False
) -> tuple[DualEncoder, ...]:
    """The encoders of each seed at the end of the run that this one starts from, if it does.

    Args:
        run: what is to be trained; what it starts from is loaded, or trained and stored.
        units: where runs are kept.
        study: named in errors.
        force: train that, even if it is stored, unless it was computed here.

    Raises:
        ArgumentError: if a stored run is damaged, or does not fit.
        NonFiniteLossError: if training diverges.
    """
    if run.start is None:
        return ()
    require_start(run.config)
    again = force and not units.computed(RUNS, run.start.key)
    return finish(run.start, units, study=study, force=again).trained.encoders


def load(directory: str | Path, key: str) -> FinishedRun:
    """A stored run by its hash, e.g. to embed with its encoders.

    Args:
        directory: the report's folder, e.g. ``results``.
        key: the run's hash, as in the column ``run`` of ``results.csv``.

    Raises:
        ArgumentError: if there is no such run, or it is damaged.
    """
    units = Units(Path(directory) / "units")
    payload = units.load(RUNS, key)
    if payload is None:
        known = sorted(p.stem.removeprefix("run-") for p in units.directory.glob("run-*.json"))
        raise ArgumentError(f"key: expected one of {', '.join(known) or 'no runs'}, got {key!r}")
    config, bits = decode(payload["config"]), payload["random_bits"]
    require(isinstance(config, TrainingConfig), "key", "a run of a training config", config)
    require(bits == random_bits(), "key", f"a run with random bits as here, {random_bits()}", bits)
    run = Run(config, tuple(payload["seeds"]))
    require(run.key == key, "key", "a run of this version", key)
    return _restore(run, payload, units)


def require_whole_run(units: Units, key: str) -> None:
    """Find a damaged run before anything is computed.

    Args:
        units: where runs are kept.
        key: the run's hash.

    Raises:
        ArgumentError: if the run or progress of it is there, but its unit or checkpoint is damaged.
    """
    require_whole_progress(units, key)
    payload = units.load(RUNS, key)
    if payload is not None:
        checkpoints.whole(units.directory, payload["checkpoint"], units.path(RUNS, key))


def _restore(run: Run, payload: dict[str, Any], units: Units) -> FinishedRun:
    unit = units.path(RUNS, run.key)
    path = checkpoints.whole(units.directory, payload["checkpoint"], unit)
    fresh = [run.config.build_encoders(seed) for seed in run.seeds]
    parameters = checkpoints.read(path, _parameters(fresh))
    for seed_index, encoders in enumerate(fresh):
        state = nnx.state(encoders)
        flat = {
            path: leaf.replace(parameters[str(seed_index)][_name(path)])
            for path, leaf in nnx.to_flat_state(state)
        }
        nnx.update(encoders, nnx.from_flat_state(flat))
    trained = Trained(
        tuple(fresh), np.asarray(payload["losses"], np.float32), np.asarray(payload["step_counts"])
    )
    return FinishedRun(run, trained, payload["seconds"])


def _parameters(encoders: Sequence[DualEncoder]) -> dict[str, dict[str, Any]]:
    return {
        str(index): {
            _name(path): leaf.get_value() for path, leaf in nnx.to_flat_state(nnx.state(encoder))
        }
        for index, encoder in enumerate(encoders)
    }


def _name(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path)
