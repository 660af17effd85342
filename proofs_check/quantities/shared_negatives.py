r"""What shared hard negatives do to the best critic, for K to infinity (T16).

With p the law of captions, nu that of negatives and M of them a caption,

.. math:: L(s) = -\mathbb E\, s(x,y) + \tfrac12 \mathbb E_x \log \sum_y (p(y) + M \nu(y))
    e^{s(x,y)} + \tfrac12 \mathbb E_y \log \mathbb E_{x'} e^{s(x',y)}

is at least -I(X;Y) + E log(1 + M nu(Y) / p(Y)) / 2. All is in nats.

Args:
    world: the world.
    negatives: M nu(y) of each caption of W; see `shared_negatives`.
    label: Q(y), a number of at least 0 for each caption of W, through which critics see it; None
        for the caption itself.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.labelings import Labelings
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.minimise import Minimum, minimise_limit_loss

Negatives = Float[np.ndarray, " captions"]
Labels = Int[np.ndarray, " captions"]

_PROPORTION = 1e-12
"""Relative rounding of two products of sums of at most 1,000 numbers."""


def surcharges(
    world: FiniteWorld, negatives: Negatives, label: Labels | None = None
) -> Float[np.ndarray, " pairs"]:
    """log(1 + M nu(q) / p(q)) at each of the `Pairs` of image and label.

    It is what the best critic disfavours a label by, beside its pointwise information.

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

    Source: THEORY.md, T16; ours, not the paper's.
    """
    pairs = Pairs.of(world, label)
    paid = 0.5 * surcharges(world, negatives, label) - pairs.pointwise_information
    return float(pairs.probability @ paid)


def best_scores(
    world: FiniteWorld, negatives: Negatives, label: Labels | None = None
) -> Float[np.ndarray, " pairs"]:
    """s* at each of the `Pairs` of image and label; it is -inf elsewhere.

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
        negatives: M nu(y) of each caption of W.
        label: Q(y); None for the caption itself.
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
        negatives: M nu(y) of each caption of W.
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


def labeling_costs(found: Labelings, negatives: Negatives) -> Float[np.ndarray, " labelings"]:
    """What each text encoder of a small world loses of the infimum of L over all critics.

    I(X; Y | g(Y)), and half of what one tilt for all captions of an embedding costs by Jensen's
    inequality, where captions of the embedding that are never drawn are negatives as well.

    Args:
        found: all encoders of the world.
        negatives: M nu(y) of each caption of W.
    """
    p = _caption_law(found.world)
    same = found.parts[:, :, None] == found.parts[:, None, :]
    drawn = p > 0
    ratio = np.log1p((same @ negatives)[:, drawn] / (same @ p)[:, drawn])
    tilts = (ratio - np.log1p(negatives[drawn] / p[drawn])) @ p[drawn]
    return found.costs @ p + 0.5 * tilts


def free_labelings(found: Labelings, negatives: Negatives) -> Bool[np.ndarray, " labelings"]:
    """Which text encoders of a small world attain the infimum of L over all critics, by T16.

    Those that tell drawn scenes apart, and under which each caption y that shares an embedding
    with drawn ones is a negative in proportion to p(y). What is never drawn is 0 of it.

    Args:
        found: all encoders of a world of Assumption 4.
        negatives: M nu(y) of each caption of W.

    Source: THEORY.md, T16; ours, not the paper's.
    """
    p = _caption_law(found.world)
    same = found.parts[:, :, None] == found.parts[:, None, :]
    together, brought = same @ p, same @ negatives
    expected, given = brought * p, negatives * together
    # Both good to some eps of themselves.
    alike = np.abs(expected - given) <= _PROPORTION * (expected + given)
    return found.optimal & np.all(alike, axis=1)


def is_free(world: FiniteWorld, negatives: Negatives, label: Labels) -> bool:
    """`free_labelings` of one text encoder, of a world of any size.

    Args:
        world: a world of Assumption 4.
        negatives: M nu(y) of each caption of W.
        label: the embedding of each caption, by number; one that tells drawn scenes apart.
    """
    p = _caption_law(world)
    together, brought = np.bincount(label, p)[label], np.bincount(label, negatives)[label]
    expected, given = brought * p, negatives * together
    return bool(np.all(np.abs(expected - given) <= _PROPORTION * (expected + given)))


def _caption_law(world: FiniteWorld) -> Float[np.ndarray, " captions"]:
    return np.bincount(world.caption, world.probability, world.captions)
