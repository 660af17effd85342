"""T17 as a prediction: both halves of the text score from displacements and a law of misalignment.

Pair by pair T17 is an identity, and predicts nothing. Here misalignment enters by its mean and
covariance over drawn pairs alone, as if it were normal and independent of which hard negative is
asked about: that can be wrong, and where it is, misalignment is not what it was taken for.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtr

from experiments.probes.composition import HardPairs
from experiments.probes.one_hot import one_hot
from experiments.vocabulary import metrics
from proofs_check.quantities.directions import TIE, unit
from proofs_check.quantities.displacements import Displacements

_RANGE = 1e-9
"""Singular values and residues below it, beside sizes of 1, are rounding of 0."""


def predicted_halves(pairs: HardPairs) -> dict[str, float]:
    r"""The rates of ``familiar image`` and ``novel image`` that T17 predicts.

    With unit vectors, e = f(x) - g(y) of mean mu and covariance C over fresh pairs, h(z) the mean
    of f over images of z, Delta g = g(y') - g(y) and Delta h = h(z~) - h(z), the means over pairs
    of

    .. math:: \Phi\Big(\frac{\tfrac12 |\Delta g|^2 - \mu \cdot \Delta g}{\sqrt{\Delta g^T C \Delta
        g}}\Big), \qquad \Phi\Big(\frac{\Delta h \cdot \Delta g - \tfrac12 |\Delta g|^2 + \mu \cdot
        \Delta g}{\sqrt{\Delta g^T C \Delta g}}\Big)

    and 1/2 where Delta g = 0.

    Args:
        pairs: at least one, of a world in which each scene comes often.

    Source: THEORY.md, T17.
    """
    encoded = pairs.encoded
    f, g = unit(encoded.image).astype(np.float64), unit(encoded.text).astype(np.float64)
    misalignment = f - g[encoded.caption]
    mean, covariance = misalignment.mean(axis=0), np.cov(misalignment.T)
    novel = encoded.table.said[pairs.negative]
    scenes = encoded.table.scenes
    of_text = g[pairs.negative] - g[pairs.caption]
    of_image = (
        _means(unit(pairs.image).astype(np.float64), novel, scenes)[novel]
        - _means(f, encoded.scene, scenes)[encoded.scene[pairs.row]]
    )
    displaced = Displacements(of_text, of_image, np.broadcast_to(mean, of_text.shape))
    spread = np.sqrt(np.einsum("ni,ij,nj->n", of_text, covariance, of_text))
    return {
        metrics.FAMILIAR_IMAGE: _rate(displaced.familiar_margin, spread),
        metrics.NOVEL_IMAGE: _rate(displaced.novel_margin, spread),
    }


def linear_text_score(pairs: HardPairs) -> float:
    """The text score that T18 predicts of linear encoders over words in places, from a small start.

    A pair whose move phi(z~) - phi(z), of one-hot concepts, is in the range of the second moment of
    what is drawn composes; of another nothing is predicted, and chance is taken.

    Args:
        pairs: at least one.

    Source: THEORY.md, T18.
    """
    table, space = pairs.encoded.table, pairs.encoded.world.grammar.space
    phi = one_hot(space.classes(space.concepts), space.class_counts)
    law = np.bincount(table.said[table.caption], table.probability, table.scenes)
    drawn = phi[law > 0]
    directions = np.linalg.svd(drawn - law[law > 0] @ drawn, full_matrices=False)
    basis = directions[2][directions[1] > _RANGE * directions[1][0]]
    move = phi[table.said[pairs.negative]] - phi[pairs.encoded.scene[pairs.row]]
    left = move - move @ basis.T @ basis
    return float(np.mean(np.where(np.linalg.norm(left, axis=1) <= _RANGE, 1.0, 0.5)))


def _means(
    vectors: Float[np.ndarray, "n d"], group: Int[np.ndarray, " n"], groups: int
) -> Float[np.ndarray, "groups d"]:
    """The mean of each group; 0 of an empty one."""
    total = np.zeros((groups, vectors.shape[1]))
    np.add.at(total, group, vectors)
    return total / np.maximum(np.bincount(group, minlength=groups), 1)[:, None]


def _rate(margin: Float[np.ndarray, " n"], spread: Float[np.ndarray, " n"]) -> float:
    moved = spread > TIE
    certain = np.where(np.abs(margin) <= TIE, 0.5, margin > 0)
    likely = ndtr(margin / np.where(moved, spread, 1.0))
    return float(np.mean(np.where(moved, likely, certain)))
