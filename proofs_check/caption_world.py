"""Finite worlds in words: scenes and captions by a grammar, and which captions are drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from proofs_check.finite_world import FiniteWorld
from scm import CaptionTable, SceneConfig
from scm.checks import require, require_number
from scm.operators import Operator


def caption_world(
    config: SceneConfig, weights: Mapping[str, float], operators: Sequence[Operator]
) -> FiniteWorld:
    """A world of Assumption 4 in which just these captions are drawn.

    >>> config = SceneConfig(nouns=("cat", "dog"), min_objects=1, max_objects=1)
    >>> caption_world(config, {"a cat": 3.0, "a dog": 1.0}, []).probability
    array([0.75, 0.25])

    Args:
        config: what is well-formed, W; its law is not used.
        weights: captions of W and numbers above 0 that their probabilities are proportional to.
        operators: the family.

    Raises:
        ValueError: if a caption is not well-formed, a weight is not above 0, there is none, or two
            operators have one name.
    """
    require(len(weights) > 0, "weights", "at least one caption", dict(weights))
    for caption, weight in weights.items():
        require_number(caption, weight, 0.0, exclude_low=True)
    grammar = config.grammar
    scenes = grammar.space.size
    blank = CaptionTable.create(grammar, np.zeros(scenes), np.zeros(len(grammar.choice_names)))
    law = np.zeros(len(blank.rows))
    drawn = blank.index_of_rows(np.stack([grammar.row(caption) for caption in weights]))
    law[drawn] = np.array(list(weights.values())) / sum(weights.values())
    scene_probability = np.bincount(blank.scene, law, minlength=scenes)
    given_scene = np.divide(
        law, scene_probability[blank.scene], out=np.zeros_like(law), where=law > 0
    )
    table = dataclasses.replace(
        blank, scene_probability=scene_probability, caption_probability=given_scene
    )
    return FiniteWorld.from_captions(table, operators)
