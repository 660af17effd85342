"""Runs: training that is done once, stored by hash, and loaded ever after."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp
from flax import nnx

from experiments.configs.encoding import config_hash, decode, encode, plain
from experiments.encoders import DualEncoder
from experiments.results.units import Units
from experiments.training.config import TrainingConfig, require_start
from experiments.training.loop import Report, Trained, train
from scm.arguments import ArgumentError, require, require_seed

RUN_VERSION = 1
"""Raised by hand when the meaning of a run changes: the loop, its keys, the initialisation."""

ABANDONED = 3600.0
"""Age in seconds from which a checkpoint that no unit names is nobody's; writing takes seconds."""

_KIND = "run"


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
    config, key = encode(run.config), run.key
    payload = None if force else units.load(_KIND, key)
    if payload is not None:
        return _restore(run, payload, units)
    ended = _ended(run, units, study=study, force=force)
    start = time.perf_counter()
    trained = train(run.config, run.seeds, study=study, report=report, ended=ended)
    seconds = time.perf_counter() - start
    payload = None if force else units.load(_KIND, key)
    if payload is not None:
        return _restore(run, payload, units)
    # A name of its own: whoever else writes this run now, and the unit alone says which one counts.
    name = f"{_KIND}-{key}-{secrets.token_hex(4)}.checkpoint"
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(units.directory.resolve() / name, _parameters(trained.encoders))
    payload = {
        "config": config,
        "seeds": list(run.seeds),
        "random_bits": random_bits(),
        "losses": trained.losses.tolist(),
        "step_counts": trained.step_counts.tolist(),
        "seconds": seconds,
        "checkpoint": {"name": name, "sha256": _digest(units.directory / name)},
    }
    units.save(_KIND, key, payload)
    _discard_abandoned(units, key, name)
    return FinishedRun(run, trained, seconds)


def _ended(run: Run, units: Units, *, study: str, force: bool) -> tuple[DualEncoder, ...]:
    """The encoders of each seed at the end of the run that this one starts from, if it does."""
    if run.start is None:
        return ()
    require_start(run.config)
    again = force and not units.computed(_KIND, run.start.key)
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
    payload = units.load(_KIND, key)
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
        ArgumentError: if the run is there, but its unit or its checkpoint is damaged.
    """
    payload = units.load(_KIND, key)
    if payload is not None:
        _checkpoint(units, key, payload)


def _restore(run: Run, payload: dict[str, Any], units: Units) -> FinishedRun:
    # Orbax leaves reads in flight when one of them fails, so damage is found before it starts.
    path = _checkpoint(units, run.key, payload)
    fresh = [run.config.build_encoders(seed) for seed in run.seeds]
    template = jax.tree.map(ocp.utils.to_shape_dtype_struct, _parameters(fresh))
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


def _checkpoint(units: Units, key: str, payload: dict[str, Any]) -> Path:
    """The folder of a run's parameters, undamaged."""
    path = units.directory.resolve() / payload["checkpoint"]["name"]
    if _digest(path) != payload["checkpoint"]["sha256"]:
        raise ArgumentError(
            f"{path}: expected the parameters of run {key}, got a truncated or foreign "
            f"checkpoint; delete {units.path(_KIND, key)}"
        )
    return path


def _discard_abandoned(units: Units, key: str, kept: str) -> None:
    """Remove what no unit names: checkpoints of killed processes, and of a run trained again."""
    for path in units.directory.glob(f"{_KIND}-{key}-*.checkpoint*"):
        with contextlib.suppress(FileNotFoundError):
            if path.name != kept and time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path)


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
