"""Stored runs in worlds of scenes, and what their encoders make of hard negatives."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Array, Float, Key

from experiments.configs.encoding import decode
from experiments.probes.composition import HardPairs
from experiments.probes.encoded_world import FreshPairs
from experiments.results.units import Units
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.training.config import TrainingConfig
from experiments.training.run import RUNS, FinishedRun, Run
from experiments.vocabulary import metrics
from experiments.vocabulary.encoders import AWARE
from scm import SceneConfig, Swap, WorldConfig, named_key, scene_config_within
from scm.arguments import ArgumentError, require, require_choice, require_integer
from scm.operators.operator import Operator

PAIRS = 2048
"""Fresh pairs that encoders are asked about: a rate has a standard error of at most 0.011."""

CHANCE: Mapping[str, float] = MappingProxyType(
    {
        metrics.TEXT_SCORE: 1 / 2,
        metrics.FAMILIAR_IMAGE: 1 / 2,
        metrics.NOVEL_IMAGE: 1 / 2,
        metrics.GROUP_SCORE: 1 / 6,
        metrics.TEXT_TIES: math.nan,
        metrics.DELTA: math.nan,
    }
)
"""What is asked, and what independent scores would have; NaN where that says nothing."""


def small_run(name: str, rho: float, steps: int, blind: bool = False) -> Run:
    """A run that trains within a minute.

    Args:
        name: of `OPERATOR_WORLDS`.
        rho: fraction of orbits that are covered, in [0, 1].
        steps: of training, at least 1.
        blind: whether the text encoder is the one that its architecture keeps blind to the
            operator.

    Raises:
        ArgumentError: if there is no such world, or a number is outside its range.
    """
    require_choice("name", name, OPERATOR_WORLDS)
    chosen = OPERATOR_WORLDS[name]
    config = chosen.config(chosen.world(rho), chosen.blind if blind else AWARE, steps=steps)
    return Run(config, seeds=(0,))


def stored_runs(directory: Path) -> dict[str, str]:
    """The runs of a results folder that were trained in worlds of scenes.

    Args:
        directory: of results; it need not be there.

    Returns:
        The key of each by what is to be said of it.
    """
    units = Units(directory / "units")
    found: dict[str, str] = {}
    for path in sorted(units.directory.glob(f"{RUNS}-*.json")):
        key = path.stem.removeprefix(f"{RUNS}-")
        # One that is damaged, of a class that is not registered here, or of no scenes is left out.
        with contextlib.suppress(ArgumentError):
            payload: Any = units.load(RUNS, key)
            found[f"{_said_of(decode(payload['config']))} ({key[:8]})"] = key
    return found


def operator_of(world: WorldConfig) -> Operator:
    """The operator whose orbits a world of scenes covers or not; SWAP where it says none.

    Args:
        world: its settings, or those of one around it.

    Raises:
        ArgumentError: if there is no world of scenes within.
    """
    coverage = scene_config_within(world).coverage
    return coverage[0].operator if coverage else Swap()


def _said_of(config: TrainingConfig) -> str:
    scenes = scene_config_within(config.world)
    covered = f", coverage {scenes.coverage[0].rho:.2g}" if scenes.coverage else ""
    around = "" if isinstance(config.world, SceneConfig) else ", a fixed set or with negatives"
    text = type(config.text_encoder).__name__.removesuffix("Config")
    return f"{operator_of(config.world).name}{covered}: {text}, {config.steps} steps{around}"


@dataclass(frozen=True)
class Score:
    """A number of encoders beside what it is to be compared with.

    Attributes:
        metric: what was measured.
        trained: of the trained encoders.
        untrained: of the same encoders before training, asked about the same pairs.
        chance: of independent scores; NaN where that says nothing.
    """

    metric: str
    trained: float
    untrained: float
    chance: float


@dataclass(frozen=True)
class Example:
    """A pair x, y beside y', a hard negative of y, and x~, an image that y' is true of.

    Attributes:
        caption: y in words.
        negative: y' in words.
        drawn: whether training ever draws y'.
        cosines: of x and x~ (rows) with y and y' (columns).
    """

    caption: str
    negative: str
    drawn: bool
    cosines: Float[np.ndarray, "2 2"]


@dataclass(frozen=True, eq=False)
class ProbedRun:
    """What the encoders of a run make of hard negatives, before and after training.

    Attributes:
        operator: what makes the hard negatives.
        trained: pairs and hard negatives as the trained encoders see them.
        untrained: the same, before training.
    """

    operator: Operator
    trained: HardPairs
    untrained: HardPairs

    @classmethod
    def of(cls, finished: FinishedRun, key: Key[Array, ""], pairs: int = PAIRS) -> ProbedRun:
        """Ask the encoders of a run's first seed about fresh pairs of its world.

        Args:
            finished: the run.
            key: random key of pairs and hard negatives.
            pairs: how many.

        Raises:
            ArgumentError: if the run's world has no scenes, or its operator makes no hard negative.
        """
        require_integer("pairs", pairs, 1)
        config, seed = finished.run.config, finished.run.seeds[0]
        operator, world = operator_of(config.world), config.build_world(seed)
        fresh = FreshPairs.draw(world, [operator], named_key(key, "pairs"), pairs)
        child = named_key(key, "negatives")
        trained, untrained = (
            HardPairs.draw(fresh.encode(encoders), fresh.table.operators[operator.name], child)
            for encoders in (finished.trained.encoders[0], config.build_encoders(seed))
        )
        expected = "an operator that makes hard negatives of what is drawn"
        require(len(trained.row) > 0, "run", expected, operator.name)
        return cls(operator, trained, untrained)

    def scores(self, novel: bool) -> list[Score]:
        """What is asked of hard negatives that training never draws, or of those that it does.

        Args:
            novel: which.

        Returns:
            A score of each entry of `CHANCE`; none where there are no such hard negatives.
        """
        chosen = self.trained.novel == novel
        after, before = (pairs.where(chosen).measure() for pairs in (self.trained, self.untrained))
        if not after:
            return []
        return [Score(name, after[name], before[name], chance) for name, chance in CHANCE.items()]

    def example(self, index: int) -> Example:
        """One of the pairs.

        Args:
            index: which, at least 0; it starts again after the last.
        """
        pairs = self.trained
        at = index % len(pairs.row)
        words = pairs.encoded.table.words
        assert words is not None
        return Example(
            caption=words[int(pairs.caption[at])],
            negative=words[int(pairs.negative[at])],
            drawn=not pairs.novel[at],
            cosines=pairs.cosines[at],
        )
