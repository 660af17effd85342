"""What a long run keeps of its training, so that one that is killed goes on where it was."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np

from experiments.results.units import Units
from experiments.training import checkpoints
from experiments.training.chunk import TrainingState

SAVE_EVERY = 120.0
"""Seconds between two saves. A shorter run saves nothing: it is soon trained again."""

_KIND = "progress"

Seeds = tuple[int, ...]


@dataclass(frozen=True)
class Progress:
    """How far the seeds that train together have come.

    Attributes:
        leaves: of their `TrainingState`, on the host.
        losses: mean loss of each chunk so far, one row a seed.
    """

    leaves: list[np.ndarray]
    losses: np.ndarray

    def state(self, like: TrainingState) -> TrainingState:
        """The state, in the structure of another."""
        return jax.tree.unflatten(jax.tree.structure(like), self.leaves)


@dataclass
class Saves:
    """Keeps the progress of a run now and then, and when the process is told to end.

    The unit that holds it is there while the run is unfinished. Numbers are kept as they are, and
    chunks begin where they would have, so the run ends with the bits of an unbroken one.

    Attributes:
        units: where it is kept.
        key: the run's hash.
        again: whether what was kept before is not to be used.

    Raises:
        ArgumentError: if what was kept is damaged.
    """

    units: Units
    key: str
    again: bool = False
    _progress: dict[Seeds, Progress] = field(default_factory=dict)
    _seconds_before: float = 0.0
    _told: bool = False
    _checkpoint: str | None = None

    def __post_init__(self) -> None:
        if not self.again:
            self._load()
        self._start = self._last = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long the run has trained, also before it was killed."""
        return self._seconds_before + time.perf_counter() - self._start

    def found(self, seeds: Seeds) -> Progress | None:
        """How far some seeds had come when the run was killed, if that was kept.

        Args:
            seeds: those that train together.
        """
        return self._progress.get(seeds)

    def after_chunk(
        self, seeds: Seeds, state: TrainingState, losses: np.ndarray, *, last: bool
    ) -> None:
        """Save, if it is time to, or if the process is to end, which it then does.

        Args:
            seeds: that have trained a chunk together.
            state: where they stand.
            losses: mean loss of each of their chunks so far.
            last: whether this was their last chunk; others may be trained after them.
        """
        due = self._told or time.perf_counter() - self._last >= SAVE_EVERY
        if due or last:
            self._progress[seeds] = Progress(jax.device_get(jax.tree.leaves(state)), losses)
        if due:
            self._save()
            self._last = time.perf_counter()
        if self._told:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTERM)

    @contextmanager
    def on_termination(self) -> Iterator[None]:
        """Within, SIGTERM waits for the end of a chunk, and what was trained is kept.

        Signals reach the main thread; in another nothing changes.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def told(*_: object) -> None:
            self._told = True

        before: Any = signal.signal(signal.SIGTERM, told)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def discard(self) -> None:
        """Remove what was kept: the run is stored."""
        self.units.discard(_KIND, self.key)
        self._replace_checkpoint(None)

    def _replace_checkpoint(self, name: str | None) -> None:
        """Let another checkpoint count, if any; those of processes that still train stay."""
        if self._checkpoint is not None:
            checkpoints.remove(self.units.directory / self._checkpoint)
        self._checkpoint = name
        checkpoints.remove_abandoned(self.units.directory, f"{_KIND}-{self.key}", name)

    def _save(self) -> None:
        tree = {
            _name(seeds): {str(index): leaf for index, leaf in enumerate(progress.leaves)}
            for seeds, progress in self._progress.items()
        }
        record = checkpoints.write(self.units.directory, f"{_KIND}-{self.key}", tree)
        groups = [
            {
                "seeds": list(seeds),
                "losses": progress.losses.tolist(),
                "leaves": [[list(leaf.shape), str(leaf.dtype)] for leaf in progress.leaves],
            }
            for seeds, progress in self._progress.items()
        ]
        payload = {"groups": groups, "seconds": self.seconds, "checkpoint": record}
        self.units.save(_KIND, self.key, payload)
        self._replace_checkpoint(record["name"])

    def _load(self) -> None:
        found = _whole(self.units, self.key)
        if found is None:
            return
        payload, path = found
        like = {
            _name(group["seeds"]): {
                str(index): jax.ShapeDtypeStruct(tuple(shape), np.dtype(dtype))
                for index, (shape, dtype) in enumerate(group["leaves"])
            }
            for group in payload["groups"]
        }
        tree = checkpoints.read(path, like)
        for group in payload["groups"]:
            leaves = tree[_name(group["seeds"])]
            self._progress[tuple(group["seeds"])] = Progress(
                [np.asarray(leaves[str(index)]) for index in range(len(leaves))],
                np.asarray(group["losses"], np.float32),
            )
        self._seconds_before = payload["seconds"]
        self._checkpoint = path.name


def require_whole_progress(units: Units, key: str) -> None:
    """Find damaged progress before anything is computed.

    Args:
        units: where it is kept.
        key: the run's hash.

    Raises:
        ArgumentError: if it is there, but its unit or its checkpoint is damaged.
    """
    _whole(units, key)


def _whole(units: Units, key: str) -> tuple[dict[str, Any], Path] | None:
    """What was kept of a run, and the folder of its arrays; None if nothing was."""
    payload = units.load(_KIND, key)
    if payload is None:
        return None
    unit = units.path(_KIND, key)
    return payload, checkpoints.whole(units.directory, payload["checkpoint"], unit)


def _name(seeds: tuple[int, ...] | list[int]) -> str:
    return "-".join(str(seed) for seed in seeds)
