r"""What hard negatives in the image -> text denominator add to the loss, exact (T13).

Encoders that are *separated* give captions a code: a pair scores 0 where image and caption have
one code and -inf where they have not, as similarities do at temperature 0. With D of the other
K - 1 captions of a batch in the image's class and A hard negatives that are, an image pays

.. math:: \tfrac12 \log\frac{1 + D + A}{1 + D}.

An image has the code of the captions it is drawn with.
"""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.finite.components import components
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.negatives import Negatives
from proofs_check.quantities.binomial import binomial_mean
from proofs_check.quantities.contrastive import separated_loss
from scm.arguments import require_integer

CaptionCodes = Int[np.ndarray, " captions"]
"""What a separated encoder gives each caption of W; -1 is the code of no image."""


def blind_shared_surcharge(M: int) -> float:
    """What any encoder pays that is blind to M shared hard negatives a caption: log(1 + M) / 2.

    Args:
        M: hard negatives of each caption, at least 0.

    Raises:
        ArgumentError: if M is below 0.

    Source: THEORY.md, T13; ours, not the paper's.
    """
    require_integer("M", M, 0)
    return 0.5 * math.log1p(M)


def blind_own_surcharge(classes: Float[np.ndarray, " classes"], M: int, K: int) -> float:
    """What a separated encoder pays that is blind to M own-only hard negatives a caption.

    It is E_C E log[(1 + M + D) / (1 + D)] / 2 for D ~ Bin(K - 1, P(C)).

    Args:
        classes: the probability of each class, of what the encoder tells apart.
        M: hard negatives of each caption, at least 0.
        K: pairs in a batch, at least 1.

    Raises:
        ArgumentError: if M is below 0 or K below 1.

    Source: THEORY.md, T13; ours, not the paper's.
    """
    require_integer("M", M, 0)
    require_integer("K", K, 1)
    within = np.arange(1.0, K + 1)
    return float(0.5 * classes @ binomial_mean(np.log1p(M / within), classes))


def separated_surcharge(
    world: FiniteWorld, code: CaptionCodes, negatives: Negatives, K: int, *, shared: bool
) -> float:
    """What any separated encoder pays, whatever of its hard negatives it tells apart.

    Args:
        world: the world.
        code: of the encoder; constant on the captions of an image.
        negatives: of each caption.
        K: pairs in a batch, at least 1.
        shared: whether an image sees the hard negatives of all the batch, or of its own caption.

    Raises:
        ArgumentError: if K is below 1.
    """
    require_integer("K", K, 1)
    law = caption_law(world)
    false = code[negatives]
    own = np.sum(false == code[:, None], axis=1)
    seen = 0.0
    for which in np.unique(code[world.caption]):
        true = (code == which).astype(int)
        others = true + np.sum(false == which, axis=1) if shared else true
        total = _law_of_sum(np.bincount(others, law), K - 1)
        weight = np.bincount(own[true > 0], law[true > 0])
        counts = 1.0 + np.arange(len(weight))[:, None] + np.arange(len(total))
        seen += float(weight @ np.log(counts) @ total)
    return 0.5 * (seen - separated_loss(_classes(world, code), K))


def finest_blind_code(world: FiniteWorld, label: Int[np.ndarray, " captions"]) -> CaptionCodes:
    """The code of the separated encoder that sees captions through a label, and loses least.

    All captions of one image must have its code, and so all of a component of the graph of images
    and labels. Labels that are never drawn get the code of no image.

    Args:
        world: the world.
        label: Q(y), a number of at least 0 for each caption of W.
    """
    of_label = np.full(label.max() + 1, -1)
    drawn = label[world.caption]
    of_label[drawn] = components(world.image, drawn)
    return of_label[label]


def transfer_excess(
    world: FiniteWorld, negatives: Negatives, label: Int[np.ndarray, " captions"], K: int
) -> float:
    """What blindness costs a separated encoder after training on own-only hard negatives.

    Its loss at best, less that of the best encoder that sees captions whole, which tells scenes
    apart and pays nothing for hard negatives.

    Args:
        world: one in which captions say, and images show, the scene they are of.
        negatives: those trained on.
        label: what the encoder is blind within.
        K: pairs in a batch, at least 1.
    """
    code = finest_blind_code(world, label)
    blind = separated_loss(_classes(world, code), K)
    surcharge = separated_surcharge(world, code, negatives, K, shared=False)
    return blind + surcharge - separated_loss(_classes(world, world.said), K)


def transfer_criterion(
    world: FiniteWorld, negatives: Negatives, label: Int[np.ndarray, " captions"]
) -> bool:
    """Whether blindness is free after training on own-only hard negatives, by T13.

    T6 must hold, and no orbit may join a hard negative of a caption y to a caption that is drawn
    and says r(y).

    Args:
        world: the world.
        negatives: those trained on.
        label: the orbits of the family that an encoder is to be blind to.

    Source: THEORY.md, T13; ours, not the paper's.
    """
    return bool(orbit_criterion(world, label).all()) and not joined(world, negatives, label).any()


def joined(
    world: FiniteWorld, negatives: Negatives, label: Int[np.ndarray, " captions"]
) -> Bool[np.ndarray, "captions M"]:
    """Which hard negatives of a drawn caption y share an orbit with a drawn caption of r(y).

    Args:
        world: the world.
        negatives: of each caption.
        label: of the orbits, a number of at least 0 for each caption of W.
    """
    drawn = world.support
    familiar = label[drawn] * world.scenes + world.said[drawn]
    found = np.isin(label[negatives] * world.scenes + world.said[:, None], familiar)
    return found & drawn[:, None]


def caption_law(world: FiniteWorld) -> Float[np.ndarray, " captions"]:
    """The probability p(y) of each caption."""
    return np.bincount(world.caption, world.probability, world.captions)


def _classes(world: FiniteWorld, code: CaptionCodes) -> Float[np.ndarray, " classes"]:
    drawn = world.support
    which = np.unique(code[drawn], return_inverse=True)[1]
    return np.bincount(which, caption_law(world)[drawn])


def _law_of_sum(step: Float[np.ndarray, " outcomes"], n: int) -> Float[np.ndarray, " sums"]:
    """The law of the sum of n independent numbers, each of law ``step`` on 0, 1, 2 ...

    By repeated squaring of the generating polynomial. All terms are positive, so that nothing
    cancels.
    """
    law, power = np.ones(1), step
    while n:
        if n % 2:
            law = np.convolve(law, power)
        n //= 2
        if n:
            power = np.convolve(power, power)
    return law
