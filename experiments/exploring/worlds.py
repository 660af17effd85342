"""A small world of one operator, at a coverage, odds and images that a user moves."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import jax
import numpy as np

from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from proofs_check import FiniteWorld, price
from proofs_check.quantities.information import binary_entropy
from scm import OPERATORS, Rewriting, SceneConfig, SceneWorld, hard_negatives, named_key
from scm.arguments import require_choice, require_integer
from scm.images.images import ImagesConfig
from scm.scenes.coverage import base_orbits


def orbits_of(name: str) -> int:
    """How many orbits the operator of a world has, those of a single scene left out.

    Args:
        name: of `OPERATOR_WORLDS`.

    Raises:
        ArgumentError: if there is no such world.
    """
    require_choice("name", name, OPERATOR_WORLDS)
    chosen = OPERATOR_WORLDS[name]
    return len(base_orbits(chosen.operator, chosen.scenes.grammar))


@dataclass(frozen=True, eq=False)
class MovedWorld:
    """A world of `OPERATOR_WORLDS` at some coverage and odds, and its exact tables.

    Attributes:
        name: of the world.
        V: scenes in each of its orbits.
        rho: fraction of its orbits that are covered.
        theta: odds of the two scenes of a covered orbit.
        config: its settings.
        finite: its exact tables, with its operator.
    """

    name: str
    V: int
    rho: float
    theta: float
    config: SceneConfig
    finite: FiniteWorld

    @classmethod
    def of(cls, name: str, covered: int, theta: float, seed: int) -> MovedWorld:
        """The world in which so many orbits are covered; it takes some milliseconds.

        Args:
            name: of `OPERATOR_WORLDS`.
            covered: number of orbits that are covered, see `orbits_of`.
            theta: see `scm.Coverage`; 0.5 where an orbit has three scenes or more.
            seed: decides which orbits are covered.

        Raises:
            ArgumentError: if there is no such world, or a setting is outside its range.
        """
        require_integer("covered", covered, 0)
        rho = covered / orbits_of(name)
        chosen = OPERATOR_WORLDS[name]
        config = chosen.world(rho, theta)
        table = config.caption_table(_world_key(seed))
        finite = FiniteWorld.from_captions(table, [chosen.operator])
        return cls(name, chosen.V, rho, theta, config, finite)

    @property
    def price(self) -> float:
        """The price of blindness, from the world's exact tables, in nats."""
        return price(self.finite)

    @property
    def drawn(self) -> list[str]:
        """The captions that training draws, in words."""
        words = self.finite.words
        assert words is not None
        return [words[y] for y in np.flatnonzero(self.finite.support).tolist()]

    def with_images(self, images: ImagesConfig) -> SceneConfig:
        """The settings of the world with images of another kind.

        Args:
            images: settings of the images.
        """
        return dataclasses.replace(self.config, images=images)

    def scene_world(self, seed: int) -> SceneWorld:
        """The world itself, which covers the orbits that the tables say.

        Args:
            seed: as in `of`.
        """
        return self.config.build(_world_key(seed))


def closed_form(V: int, rho: float, theta: float) -> float:
    """The price that T10 predicts where orbits are equiprobable: rho log V, or rho H_b(theta).

    Args:
        V: scenes in an orbit, equiprobable where there are more than two.
        rho: fraction of orbits that are covered.
        theta: odds of the two scenes of a covered orbit, where there are two.
    """
    return rho * (binary_entropy(theta) if V == 2 else float(np.log(V)))


def negatives_of(
    world: SceneWorld, caption: str, names: tuple[str, ...], depth: int
) -> list[Rewriting]:
    """The hard negatives that registered operators, with their own settings, make of a caption.

    Args:
        world: the captions.
        caption: well-formed.
        names: of operators in `scm.OPERATORS`.
        depth: see `scm.hard_negatives`.

    Raises:
        ArgumentError: if there is no such operator, the caption is not well-formed, or ``depth`` is
            below 1.
    """
    return hard_negatives(world, caption, [OPERATORS[name]() for name in names], depth)


def _world_key(seed: int) -> jax.Array:
    """That of `experiments.results.sheets.sheet_of`, so that its pairs are of the same world."""
    return named_key(jax.random.key(seed), "world")
