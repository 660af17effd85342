r"""What shared hard negatives do to the best critic, for K to infinity (T16).

With p the law of captions, nu that of negatives and M of them a caption,

.. math:: L(s) = -\mathbb E\, s(x,y) + \tfrac12 \mathbb E_x \log \sum_y (p(y) + M \nu(y))
    e^{s(x,y)} + \tfrac12 \mathbb E_y \log \mathbb E_{x'} e^{s(x',y)}

is at least -I(X;Y) + E log(1 + M nu(Y) / p(Y)) / 2. All is in nats.

Args:
    negatives: M nu(y) of each caption of W; see `shared_negatives`.
    label: Q(y), a number of at least 0 for each caption of W, through which critics see it; None
        for the caption itself.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.minimise import Minimum, minimise_limit_loss

Negatives = Float[np.ndarray, " captions"]
Labels = Int[np.ndarray, " captions"]


def surcharges(
    world: FiniteWorld, negatives: Negatives, label: Labels | None = None
) -> Float[np.ndarray, " pairs"]:
    """log(1 + M nu(q) / p(q)) at each of the `Pairs` of image and label.

    It is what the best critic disfavours a label by, beside its pointwise information.

    Args:
        world: the world.

    Source: THEORY.md, T16; ours, not the paper's.
    """
    pairs = Pairs.of(world, label)
    q = np.arange(world.captions) if label is None else label
    brought = np.bincount(q, negatives)[pairs.label]
    p = np.bincount(pairs.label, pairs.probability)[pairs.label]
    # By logarithms: a negative may be more frequent than the caption by more than a float holds.
    with np.errstate(divide="ignore"):
        return np.logaddexp(0.0, np.log(brought) - np.log(p))


def least_loss(world: FiniteWorld, negatives: Negatives, label: Labels | None = None) -> float:
    """The infimum of L over critics that see captions through a label, in closed form.

    Args:
        world: the world.

    Source: THEORY.md, T16; ours, not the paper's.
    """
    pairs = Pairs.of(world, label)
    paid = 0.5 * surcharges(world, negatives, label) - pairs.pointwise_information
    return float(pairs.probability @ paid)


def best_scores(
    world: FiniteWorld, negatives: Negatives, label: Labels | None = None
) -> Float[np.ndarray, " pairs"]:
    """s* at each of the `Pairs` of image and label; it is -inf elsewhere.

    Args:
        world: the world.

    Source: THEORY.md, T16; ours, not the paper's.
    """
    return Pairs.of(world, label).pointwise_information - surcharges(world, negatives, label)


def least_loss_by_descent(
    world: FiniteWorld,
    negatives: Negatives,
    label: Labels | None = None,
    start: Float[np.ndarray, "images labels"] | None = None,
) -> Minimum:
    """The infimum of L over the same critics, by descent that does not know what it is.

    Scores of labels that are never drawn stand in no term but the denominators, where they are
    least at -inf.

    Args:
        world: the world.
        start: the critic that descent begins at, of drawn images and labels; 0 unless given.
    """
    pairs = Pairs.of(world, label)
    q = np.arange(world.captions) if label is None else label
    brought = np.bincount(q, negatives)[np.unique(pairs.label)]
    return minimise_limit_loss(pairs.table(), start, brought)


def loss_of_critic(
    world: FiniteWorld, scores: Float[np.ndarray, "images captions"], negatives: Negatives
) -> float:
    """L of a critic on all images and captions, drawn or not.

    Args:
        world: the world.
        scores: s, above -inf where a pair is drawn.
    """
    p_x = np.bincount(world.image, world.probability, world.images)
    p_y = np.bincount(world.caption, world.probability, world.captions)
    x, y = p_x > 0, p_y > 0
    with np.errstate(divide="ignore"):
        seen = np.log(p_y + negatives)
    over_captions = np.logaddexp.reduce(scores[x] + seen, axis=1)
    over_images = np.logaddexp.reduce(scores[x][:, y] + np.log(p_x[x])[:, None], axis=0)
    matched = world.probability @ scores[world.image, world.caption]
    return float(0.5 * (p_x[x] @ over_captions + p_y[y] @ over_images) - matched)
