"""Laws of scenes in which nouns attract or repel each other."""

from __future__ import annotations

from itertools import combinations

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from scm.arguments import require
from scm.language.scene_space import ABSENT, SceneSpace


def co_occurrence_law(
    space: SceneSpace, strength: float, key: Key[Array, ""]
) -> Float[np.ndarray, " scenes"]:
    """Scenes with probability proportional to exp(s * sum over pairs of objects of A[noun, noun']).

    Args:
        space: the scenes.
        strength: s, at least 0; at 0 all scenes are as likely.
        key: of A, symmetric with standard normal entries.

    Raises:
        ArgumentError: if the strength is so great that a scene's probability is lost.
    """
    draws = np.asarray(jax.random.normal(key, (space.nouns,) * 2))
    with np.errstate(over="ignore", invalid="ignore"):
        affinity = strength * (draws + draws.T)
        total = np.zeros(space.size)
        for i, j in combinations(range(space.max_objects), 2):
            left, right = space.concepts[:, space.noun(i)], space.concepts[:, space.noun(j)]
            total += np.where(right != ABSENT, affinity[left, right], 0.0)
        weight = np.exp(total - total.max())
        law = weight / weight.sum()
    expected = "a strength at which every scene has a probability above 0"
    require(np.all(law > 0), "co_occurrence", expected, strength)
    return law
