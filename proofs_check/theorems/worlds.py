"""Worlds that several statements look at."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import numpy as np

from proofs_check.finite.finite_world import FiniteWorld
from scm import Coverage, SceneConfig
from scm.operators.orbits import Edges
from scm.scenes.coverage import realised_coverage

SEED = 0
"""Decides which orbits are covered, and which scene is shown of the others."""


def configured_world(config: SceneConfig) -> FiniteWorld:
    """The world of a config with one coverage, whose operator is the family."""
    [coverage] = config.coverage
    return FiniteWorld.from_captions(
        config.caption_table(jax.random.key(SEED)), [coverage.operator]
    )


def covered_fraction(config: SceneConfig) -> float:
    """The fraction of the operator's orbits that `configured_world` does cover."""
    [coverage] = config.coverage
    law = config.scene_probability(jax.random.key(SEED))
    return realised_coverage(coverage.operator, config.grammar, law)


def orders(rho: float) -> FiniteWorld:
    """Pairs of six one-word objects, a fraction of them in both orders, the others in one."""
    coverage = Coverage(rho=rho, shown="hashed")
    return configured_world(SceneConfig(coverage=(coverage,), paraphrase=0.25))


def image_of_the_wording(operators: Mapping[str, Edges]) -> FiniteWorld:
    """One scene, two wordings, and an image that shows which was chosen."""
    both, scene = np.array([0, 1]), np.zeros(2, int)
    return FiniteWorld(
        scenes=1,
        shown=scene,
        said=scene,
        image=both,
        scene=scene,
        caption=both,
        probability=np.array([0.5, 0.5]),
        operators=operators,
    )
