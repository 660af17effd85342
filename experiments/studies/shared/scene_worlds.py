"""Finite worlds of scenes for exact studies, with their tables alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Float

from proofs_check import FiniteWorld
from scm import CaptionTable, Coverage, SceneConfig
from scm.operators.operator import Operator

NOUNS = ("disc", "square", "triangle", "ring", "cross")
COLOURS = ("red", "green", "blue")

PAIRS = SceneConfig(nouns=NOUNS)
"""Two one-word objects in either order: 10 orbits of SWAP with two scenes each."""

COLOURED = SceneConfig(
    nouns=(*NOUNS, "star", "heart", "moon", "arrow", "diamond"),
    attributes=(COLOURS,),
    min_objects=1,
    max_objects=1,
)
"""One object of a colour: 10 orbits of REPLACE of the colour with three scenes each."""

PERHAPS_COLOURED = dataclasses.replace(COLOURED, optional_attributes=True)
"""One object with a colour or none: 10 orbits of ADD with four scenes each."""


def scene_world(
    config: SceneConfig, law: Float[np.ndarray, " scenes"], operators: Sequence[Operator]
) -> FiniteWorld:
    """The world of a law of scenes, without drawing an image side.

    Args:
        config: the scenes; captions have one wording.
        law: p(z_inv).
        operators: the family.
    """
    grammar = config.grammar
    table = CaptionTable.create(grammar, law, np.zeros(len(grammar.choice_names)))
    return FiniteWorld.from_captions(table, operators)


def covered_world(config: SceneConfig, coverage: Coverage) -> FiniteWorld:
    """The world of a coverage and its operator; which orbits are covered is drawn once for all.

    Args:
        config: the scenes; captions have one wording.
        coverage: the law of scenes.
    """
    law = coverage.probability(config.grammar, jax.random.key(0))
    return scene_world(config, law, [coverage.operator])
