r"""InfoNCE with hard negatives of captions in the image -> text denominator, batch by batch.

.. math:: -\tfrac12 \log\frac{e^{s(x_i,y_i)}}{\sum_j e^{s(x_i,y_j)} + \sum_{y'} e^{s(x_i,y')}}
    - \tfrac12 \log\frac{e^{s(x_i,y_i)}}{\sum_j e^{s(x_j,y_i)}}

on average over the batch, where y' are the hard negatives of all the batch's captions (*shared*),
or those of y_i alone (*own-only*). In nats.

Source: shared as in NegCLIP [yuksekgonul2023]; own-only is ours.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from proofs_check.finite.negatives import Negatives

Critic = Float[np.ndarray, "images captions"]
"""A critic s(x, y) on all of W, which may be -inf but where a pair is drawn."""


def losses(
    scores: Critic, image: Int[np.ndarray, "batches K"], caption: Int[np.ndarray, "batches K"]
) -> Float[np.ndarray, " batches"]:
    """The loss of each batch without hard negatives.

    Args:
        scores: the critic.
        image: x_1 ... x_K of each batch.
        caption: y_1 ... y_K of each batch.
    """
    return _losses(_of_pairs(scores, image, caption))


def losses_with_negatives(
    scores: Critic,
    image: Int[np.ndarray, "batches K"],
    caption: Int[np.ndarray, "batches K"],
    negatives: Negatives,
    *,
    shared: bool,
) -> Float[np.ndarray, " batches"]:
    """The loss of each batch with hard negatives.

    Args:
        scores: the critic.
        image: x_1 ... x_K of each batch.
        caption: y_1 ... y_K of each batch.
        negatives: of each caption.
        shared: whether an image sees the hard negatives of all the batch, or of its own caption.
    """
    further = negatives[caption]
    if shared:
        extra = scores[image[:, :, None], further.reshape(len(further), 1, -1)]
    else:
        extra = scores[image[:, :, None], further]
    return _losses(_of_pairs(scores, image, caption), extra)


def blind_own_surcharges(
    scores: Critic,
    image: Int[np.ndarray, "batches K"],
    caption: Int[np.ndarray, "batches K"],
    M: int,
) -> Float[np.ndarray, " batches"]:
    """What M own hard negatives add where they score as their caption does (T13).

    With N the sum of e^s over the rest of the batch, 1/2 E log[((1 + M) e^s + N) / (e^s + N)].

    Args:
        scores: the critic.
        image: x_1 ... x_K of each batch.
        caption: y_1 ... y_K of each batch.
        M: hard negatives of each caption.
    """
    inside = np.exp(_of_pairs(scores, image, caption))
    own = np.diagonal(inside, axis1=1, axis2=2)
    rest = inside.sum(axis=2) - own
    return np.mean(0.5 * np.log(((1 + M) * own + rest) / (own + rest)), axis=1)


def _of_pairs(
    scores: Critic, image: Int[np.ndarray, "batches K"], caption: Int[np.ndarray, "batches K"]
) -> Float[np.ndarray, "batches K K"]:
    return scores[image[:, :, None], caption[:, None, :]]


def _losses(
    scores: Float[np.ndarray, "batches K K"],
    extra: Float[np.ndarray, "batches K extra"] | None = None,
) -> Float[np.ndarray, " batches"]:
    seen = scores if extra is None else np.concatenate([scores, extra], axis=2)
    denominators = np.logaddexp.reduce(seen, axis=2) + np.logaddexp.reduce(scores, axis=1)
    return np.mean(0.5 * denominators - np.diagonal(scores, axis1=1, axis2=2), axis=1)
