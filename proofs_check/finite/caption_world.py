"""Finite worlds in words: scenes and captions by a grammar, and which captions are drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from proofs_check.finite.finite_world import FiniteWorld
from scm import CaptionTable, Grammar, SceneConfig
from scm.arguments import require, require_number
from scm.operators.operator import Operator


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
        ArgumentError: if a caption is not well-formed or there twice, a weight is not above 0 or
            lost in rounding, there is none, or two operators have one name.
    """
    require(len(weights) > 0, "weights", "at least one caption", dict(weights))
    for caption, weight in weights.items():
        require_number(caption, weight, 0.0, exclude_low=True)
    grammar = config.grammar
    table = blank_table(grammar)
    drawn = table.index_of_rows(np.stack([grammar.row(caption) for caption in weights]))
    spellings: dict[int, str] = {}
    for index, caption in zip(drawn.tolist(), weights, strict=True):
        other = spellings.setdefault(index, caption)
        got = f"{other!r} and {caption!r}"
        require(other == caption, "weights", "each caption in one spelling", got)
    # Over the largest first: a sum of large weights may be infinite.
    weight = np.array([float(weight) for weight in weights.values()])
    weight = weight / weight.max()
    law = np.zeros(len(table.rows))
    law[drawn] = weight / weight.sum()
    expected = "weights of which none is lost beside the largest"
    require(np.all(law[drawn] > 0), "weights", expected, dict(weights))
    return FiniteWorld.from_captions(with_law(table, law), operators)


def blank_table(grammar: Grammar) -> CaptionTable:
    """All captions of W, none of them with a probability yet."""
    choices = np.zeros(len(grammar.choice_names))
    return CaptionTable.create(grammar, np.zeros(grammar.space.size), choices)


def with_law(table: CaptionTable, law: Float[np.ndarray, " captions"]) -> CaptionTable:
    """The table of the same captions with the law p(y).

    Args:
        table: all captions of W.
        law: p(y) of each of them, with sum 1.
    """
    scene_probability = np.bincount(table.scene, law, minlength=len(table.scene_probability))
    caption_probability = np.divide(
        law, scene_probability[table.scene], out=np.zeros_like(law), where=law > 0
    )
    return dataclasses.replace(
        table, scene_probability=scene_probability, caption_probability=caption_probability
    )
