"""One seed of a run as probes see it: its world, its encoders, each built once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import jax
from jaxtyping import Array, Key

from experiments.encoders import DualEncoder
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun
from experiments.vocabulary import roles
from scm import World, named_key


@dataclass(frozen=True, eq=False)
class ProbedSeed:
    """What was trained with a seed, and what all that is asked of it shares.

    Attributes:
        config: what was trained.
        seed: the seed.
        trained: the trained encoders.
        losses: the mean loss of each chunk of training, by the step at its end.
    """

    config: TrainingConfig
    seed: int
    trained: DualEncoder
    losses: Mapping[int, float]

    @cached_property
    def key(self) -> Key[Array, ""]:
        """The random key of probes."""
        return named_key(jax.random.key(self.seed), "probe")

    @cached_property
    def world(self) -> World:
        """The world that was trained on."""
        return self.config.build_world(self.seed)

    @cached_property
    def untrained(self) -> DualEncoder:
        """The encoders before training."""
        return self.config.encoders_in(self.world, self.seed)

    def encoders(self) -> Iterator[tuple[str, DualEncoder]]:
        """Role and encoders: ``measured`` are trained, ``baseline`` the same untrained."""
        yield roles.MEASURED, self.trained
        yield roles.BASELINE, self.untrained


def probed(finished: FinishedRun) -> tuple[ProbedSeed, ...]:
    """The seeds of a finished run."""
    run, trained = finished.run, finished.trained
    steps = [int(step) for step in trained.step_counts]
    return tuple(
        ProbedSeed(run.config, seed, encoders, dict(zip(steps, curve.tolist(), strict=True)))
        for seed, encoders, curve in zip(run.seeds, trained.encoders, trained.losses, strict=True)
    )
