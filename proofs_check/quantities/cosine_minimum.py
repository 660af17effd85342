r"""Unit embeddings that minimise L_inf by cosine, found by descent from a random start.

Of n equiprobable scenes that images show and labels of captions say, with enough outputs,

.. math:: L_\infty \ge -\tfrac1\tau + \log \tfrac1n
    \Big( e^{1/\tau} + (n-1)\, e^{-1/((n-1)\tau)} \Big),

attained just where each scene has one embedding, of images and labels alike, at the corners of a
regular simplex.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.minimise import limit_loss_and_gradient

_GRADIENT = 1e-9
"""Largest entry of the gradient at the end. The excess is its square over curvatures of the size of
the probability of a pair, below 1e-12 for probabilities above 1e-5."""


class CosineMinimum(NamedTuple):
    """Unit embeddings, and their loss.

    Attributes:
        value: L_inf at the end.
        images: an embedding for each image; at its random start where it is never drawn.
        labels: the same of labels.
    """

    value: float
    images: Float[np.ndarray, "images d"]
    labels: Float[np.ndarray, "labels d"]


def minimise_by_cosine(
    pairs: Pairs,
    images: int,
    labels: int,
    outputs: int,
    *,
    temperature: float,
    seed: int,
    steps: int = 10_000,
) -> CosineMinimum:
    """Minimise L_inf of s = cosine / temperature over embeddings of all images and labels.

    Args:
        pairs: the law of image and label.
        images: how many there are, drawn or not.
        labels: how many there are, drawn or not.
        outputs: of both encoders.
        temperature: above 0.
        seed: of the start, directions drawn uniformly.
        steps: most steps of the descent.
    """
    law = pairs.table()
    image, label = np.unique(pairs.image), np.unique(pairs.label)
    start = np.random.default_rng(seed).normal(size=(images + labels, outputs))
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    drawn = np.concatenate([image, images + label])

    def loss_and_gradient(flat: Float[np.ndarray, " entries"]) -> tuple[float, np.ndarray]:
        points = flat.reshape(-1, outputs)
        length = np.linalg.norm(points, axis=1, keepdims=True)
        unit = points / length
        f, g = unit[: len(image)], unit[len(image) :]
        loss, slope = limit_loss_and_gradient(law, f @ g.T / temperature)
        along = np.concatenate([slope @ g, slope.T @ f]) / temperature
        along -= np.sum(along * unit, axis=1, keepdims=True) * unit
        return loss, (along / length).ravel()

    found = scipy.optimize.minimize(
        loss_and_gradient,
        start[drawn].ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 0.0, "gtol": _GRADIENT, "maxiter": steps, "maxcor": 20},
    )
    end = found.x.reshape(-1, outputs)
    start[drawn] = end / np.linalg.norm(end, axis=1, keepdims=True)
    return CosineMinimum(float(found.fun), start[:images], start[images:])


def least_loss(n: int, temperature: float) -> float:
    """The least L_inf of n equiprobable scenes, by cosine.

    Args:
        n: how many scenes, at least 2.
        temperature: above 0.
    """
    apart = math.exp(-(1 + 1 / (n - 1)) / temperature)
    return math.log((1 + (n - 1) * apart) / n)


def most_misalignment(n: int, temperature: float, excess: float) -> float:
    r"""Bound on E ||f(x) - g(q)||^2 of pairs whose loss is at most ``excess`` above the least.

    With a the mean cosine of pairs, the mean cosine of independent pairs is that of the means of f
    and g, at least -(1 - a) / 2, so that by Jensen's inequality

    .. math:: L_\infty \ge \phi(a) = -\tfrac a\tau + \log \tfrac1n \Big( e^{a/\tau}
        + (n-1)\, e^{-(a + n (1 - a) / 2) / ((n-1)\tau)} \Big),

    which is convex, least at a = 1, and has the slope -(1 - w) n / (2 (n - 1) tau) there, for w the
    share of the first term.

    Args:
        n: how many equiprobable scenes, at least 2.
        temperature: above 0.
        excess: at least 0.
    """
    apart = (n - 1) * math.exp(-(1 + 1 / (n - 1)) / temperature)
    slope = apart / (1 + apart) * n / (2 * (n - 1) * temperature)
    return 2 * excess / slope
