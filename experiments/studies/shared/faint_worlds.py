"""Worlds in which an image shows faintly where its words stand, and how encoders train there."""

from __future__ import annotations

import dataclasses
from typing import Any

from experiments.encoders import TextTransformerConfig
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.training.config import TrainingConfig
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.operators import SWAP
from scm import Coverage, SceneConfig, Swap, VectorImagesConfig, WorldConfig

WORDS = (
    *("bulb", "grass", "cat", "dog", "cup", "book", "tree", "car"),
    *("boat", "lamp", "chair", "ball", "bird", "shoe", "clock", "door"),
)
"""Sixteen nouns: 120 orbits of SWAP. Vector images show words that are no shapes too."""

FAINT = 0.1
"""The salience at which where a word stands is shown a tenth as strongly as which words there are.
Images tell orders all the same: nothing is lost, and no noise is added."""


def order_world(
    salience: float,
    rho: float = 0.0,
    theta: float = 0.5,
    nouns: tuple[str, ...] = WORDS,
    **settings: Any,
) -> SceneConfig:
    """Two nouns side by side, of which uncovered orbits show one order, at random.

    Args:
        salience: see `scm.VectorImagesConfig`.
        rho: fraction of orbits that are covered, in [0, 1].
        theta: probability of the order of each covered orbit that it would show alone.
        nouns: the words.
        **settings: of `scm.SceneConfig` that are others.
    """
    world = SceneConfig(
        nouns=nouns,
        coverage=(Coverage(Swap(), rho=rho, theta=theta, shown="hashed"),),
        # An axis for each noun at each place, and one for the relation.
        images=VectorImagesConfig(code_size=2 * len(nouns) + 1, salience=salience),
    )
    return dataclasses.replace(world, **settings)


def reader(scenes: SceneConfig) -> TextTransformerConfig:
    """The order-aware transformer of a world's captions."""
    return TextTransformerConfig(len(scenes.grammar.lexicon.words) + 1, width=32, depth=1)


def training(scenes: SceneConfig, world: WorldConfig | None = None, **changes: Any):
    """How encoders train in such a world: the recipe of the worlds of operators.

    Args:
        scenes: the scene world.
        world: what pairs are drawn from, where it is one around the scene world.
        **changes: settings of `TrainingConfig` that are others.
    """
    config = OPERATOR_WORLDS[SWAP].config(world or scenes, AWARE, text_encoder=reader(scenes))
    made: TrainingConfig = dataclasses.replace(config, **changes)
    return made
