"""Runs: training that is done once, stored by hash, and loaded ever after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp
from flax import nnx

from experiments.config import config_hash, decode, encode
from experiments.encoders import DualEncoder
from experiments.training import Report, Trained, TrainingConfig, train
from experiments.units import Units
from scm.checks import ArgumentError, require, require_integer

RUN_VERSION = 1
"""Raised by hand when the meaning of a run changes: the loop, its keys, the initialisation."""

_KIND = "run"


@dataclass(frozen=True)
class Run:
    """A training config and the seeds that are trained with it.

    Attributes:
        config: what is trained.
        seeds: at least one, distinct, each at least 0.

    Raises:
        ArgumentError: if the seeds are not as said.
    """

    config: TrainingConfig
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        for seed in self.seeds:
            require_integer("seeds", seed, 0)
        distinct = 0 < len(self.seeds) == len(set(self.seeds))
        require(distinct, "seeds", "at least one, all distinct", self.seeds)

    @property
    def key(self) -> str:
        """The hash that the run is stored under."""
        return config_hash(RUN_VERSION, self.config, self.seeds)


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

    def encoders(self) -> Iterator[tuple[str, int, DualEncoder]]:
        """Role, seed and encoders: ``measured`` are trained, ``baseline`` the same untrained."""
        for seed, trained in zip(self.run.seeds, self.trained.encoders, strict=True):
            yield "measured", seed, trained
            yield "baseline", seed, self.run.config.build_encoders(seed)


def finish(
    run: Run,
    units: Units,
    *,
    study: str = "user",
    force: bool = False,
    report: Report | None = None,
) -> FinishedRun:
    """Load a run, or train and store it.

    Args:
        run: what to train.
        units: where runs are kept.
        study: named in errors.
        force: train even if it is stored.
        report: see `experiments.training.train`; not called for a stored run.

    Raises:
        ArgumentError: if the stored run is damaged.
        NonFiniteLossError: if training diverges.
    """
    payload = None if force else units.load(_KIND, run.key)
    if payload is not None:
        return _restore(run, payload, units)
    start = time.perf_counter()
    trained = train(run.config, run.seeds, study=study, report=report)
    seconds = time.perf_counter() - start
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(_checkpoint(units, run.key), _parameters(trained.encoders), force=True)
    payload = {
        "config": encode(run.config),
        "seeds": list(run.seeds),
        "losses": trained.losses.tolist(),
        "step_counts": trained.step_counts.tolist(),
        "seconds": seconds,
        "checkpoint": _digest(_checkpoint(units, run.key)),
    }
    units.save(_KIND, run.key, payload)
    return FinishedRun(run, trained, seconds)


def load(directory: str | Path, key: str) -> FinishedRun:
    """A stored run by its hash, e.g. to embed with its encoders.

    Args:
        directory: the report's folder, e.g. ``results``.
        key: the run's hash, as in the column ``run`` of ``results.csv``.

    Raises:
        ArgumentError: if there is no such run, or it is damaged.
    """
    units = Units(Path(directory) / "units")
    payload = units.load(_KIND, key)
    if payload is None:
        known = sorted(p.stem.removeprefix("run-") for p in units.directory.glob("run-*.json"))
        raise ArgumentError(f"key: expected one of {', '.join(known) or 'no runs'}, got {key!r}")
    run = Run(decode(payload["config"]), tuple(payload["seeds"]))
    return _restore(run, payload, units)


def _restore(run: Run, payload: dict[str, Any], units: Units) -> FinishedRun:
    fresh = [run.config.build_encoders(seed) for seed in run.seeds]
    template = jax.tree.map(ocp.utils.to_shape_dtype_struct, _parameters(fresh))
    path = _checkpoint(units, run.key)
    # Orbax leaves reads in flight when one of them fails, so damage is found before it starts.
    if _digest(path) != payload["checkpoint"]:
        raise ArgumentError(
            f"{path}: expected the parameters of run {run.key}, got a truncated or foreign "
            "checkpoint; delete it"
        )
    with ocp.StandardCheckpointer() as checkpointer:
        parameters = checkpointer.restore(path, template)
    for seed_index, encoders in enumerate(fresh):
        state = nnx.state(encoders)
        flat = {
            path: leaf.replace(parameters[str(seed_index)][_name(path)])
            for path, leaf in nnx.to_flat_state(state)
        }
        nnx.update(encoders, nnx.from_flat_state(flat))
    trained = Trained(
        tuple(fresh), np.asarray(payload["losses"]), np.asarray(payload["step_counts"])
    )
    return FinishedRun(run, trained, payload["seconds"])


def _checkpoint(units: Units, key: str) -> Path:
    return units.directory.resolve() / f"{_KIND}-{key}.checkpoint"


def _digest(checkpoint: Path) -> str:
    """SHA-256 of the names and contents of all files of a checkpoint."""
    digest = hashlib.sha256()
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(checkpoint)} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def _parameters(encoders: Sequence[DualEncoder]) -> dict[str, dict[str, Any]]:
    return {
        str(index): {
            _name(path): leaf.get_value() for path, leaf in nnx.to_flat_state(nnx.state(encoder))
        }
        for index, encoder in enumerate(encoders)
    }


def _name(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path)
