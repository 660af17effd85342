"""Half-truths: whether less said, and right, is preferred to more said, and wrong."""

from __future__ import annotations

import jax
import numpy as np
from jaxtyping import Array, Key

from experiments.probes.composition import one_hard_negative
from experiments.probes.encoded_world import EncodedWorld
from proofs_check.quantities.directions import unit
from proofs_check.quantities.hard_negative_scores import accuracy
from scm import named_key
from scm.operators.orbits import Edges


def half_truth(encoded: EncodedWorld, added: Edges, key: Key[Array, ""]) -> float | None:
    """How often x prefers a caption that leaves a thing unsaid to one that says it wrongly.

    Of a fresh pair (x, y), s is a caption from which y is made by adding an atom, and y' another
    caption made from s so, which says another scene than y. Each s is as likely, and of s each y'.
    In the worlds here s says that the thing is absent, so it is the nearer of two wrong captions.

    Args:
        encoded: the world, and what encoders make of it.
        added: edges from each caption to those that ADD makes of it.
        key: random key.

    Returns:
        The rate, a tie counted as a half; None where there is no such pair.

    Source: asked of CLIP by [kargi2026].
    """
    said = encoded.table.said
    draws = np.asarray(jax.random.uniform(named_key(key, "captions"), (2, len(encoded.caption))))
    removed = Edges(added.target, added.source)
    row, less_said = one_hard_negative(encoded.table, removed, encoded.caption, draws[0])
    among, wrong = one_hard_negative(encoded.table, added, less_said, draws[1, row])
    row, less_said = row[among], less_said[among]
    other = said[wrong] != encoded.scene[row]
    if not other.any():
        return None
    image, text = unit(encoded.image[row[other]]), unit(encoded.text)
    right, left_behind = (
        np.einsum("nd,nd->n", image, text[which[other]]) for which in (less_said, wrong)
    )
    return float(accuracy(right, left_behind).accuracy)
