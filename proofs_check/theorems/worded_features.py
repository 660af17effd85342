"""Worlds of two nouns in a row, with words in places as features, for linear encoders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from proofs_check.comparison import Comparison
from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.feature_world import FeatureWorld
from scm import SceneConfig, Swap

NOUNS = ("cat", "dog", "fox", "hen", "owl")

RELATIONS = ("left", "right")


def ring(*, paraphrase: float = 0.0) -> dict[str, float]:
    """Each of five nouns left of the next two, at different odds, in one wording or two.

    Args:
        paraphrase: how often the second noun is named first.
    """
    drawn = {}
    for n, left in enumerate(NOUNS):
        for step in (1, 2):
            right = NOUNS[(n + step) % len(NOUNS)]
            weight = 1.0 + (2 * n + step) % 3
            drawn[f"a {left} left of a {right}"] = weight * (1 - paraphrase)
            drawn[f"a {right} right of a {left}"] = weight * paraphrase
    return {caption: weight for caption, weight in drawn.items() if weight > 0}


def line() -> dict[str, float]:
    """Each of four nouns left of all that follow: the first is never right, the last never left."""
    nouns = NOUNS[:4]
    return {
        f"a {left} left of a {right}": 1.0 + (n % 2)
        for n, left in enumerate(nouns)
        for right in nouns[n + 1 :]
    }


def words_in_places(
    drawn: Mapping[str, float],
    *,
    nouns: int = len(NOUNS),
    words: float = 0.0,
    salience: float = 1.0,
    closed_forms: Callable[[FeatureWorld], Sequence[Comparison]] = lambda _: (),
) -> FeatureWorld:
    """Images show which noun is where, captions which word is where; SWAP is the family.

    Args:
        drawn: captions and their weights.
        nouns: how many of them there are.
        words: the strength at which images show which nouns there are, wherever they are.
        salience: the strength at which images show where they are.
        closed_forms: see `FeatureWorld`.
    """
    both_ways = any(" right of " in caption for caption in drawn)
    # A world has captions of a wording just where it is ever drawn.
    config = SceneConfig(nouns=NOUNS[:nouns], paraphrase=0.5 if both_ways else 0.0)
    world = caption_world(config, drawn, [Swap()])
    assert world.words is not None
    said = [
        [word for word in caption.split() if word in NOUNS + RELATIONS] for caption in world.words
    ]
    index = {word: n for n, word in enumerate((*NOUNS[:nouns], *RELATIONS))}
    token = np.array([[index[word] for word in caption] for caption in said])
    first, relation, second = token.T
    at_left = np.where(relation == nouns, first, second)
    at_right = np.where(relation == nouns, second, first)
    places = [_one_hot(first, nouns), _one_hot(second, nouns)]
    relations = [_one_hot(relation - nouns, len(RELATIONS))] if both_ways else []
    one = np.unique(world.said, return_index=True)[1][world.shown]
    where = [_one_hot(place[one], nouns) for place in (at_left, at_right)]
    bag = [words * (where[0] + where[1])] if words else []
    image = np.hstack([salience * where[0], salience * where[1], *bag])
    caption = np.hstack([*places, *relations])
    return FeatureWorld(world, image, caption, closed_forms)


def _one_hot(index: Int[np.ndarray, " n"], size: int) -> Float[np.ndarray, "n size"]:
    return np.eye(size)[index]
