"""The least L_inf over all critics, found by descent and certified by a duality gap.

Shared hard negatives stand in the denominators of images: for K to infinity an image sees each
label as often as it is drawn, and as often as it is a negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Float
from scipy.special import xlogy

from scm.arguments import require, require_law

Negatives = Float[np.ndarray, " labels"]
"""How many shared hard negatives of each label a pair of the batch brings on average."""

_GRADIENT = 1e-9
"""Largest entry of the gradient at the end. The gap is its square over a curvature of the size of
the least probability, below rounding for probabilities above 1e-3."""


@dataclass(frozen=True)
class Minimum:
    """The least value of a convex function, between two bounds.

    Attributes:
        value: the function at the best point found, at least the least value.
        bound: a value of the dual problem, at most the least value.
        scores: the best point found.
    """

    value: float
    bound: float
    scores: Float[np.ndarray, "images labels"]

    @property
    def gap(self) -> float:
        """How far ``value`` is above the least value at most; 0 up to rounding at the optimum."""
        return self.value - self.bound


def minimise_limit_loss(
    law: Float[np.ndarray, "images labels"],
    start: Float[np.ndarray, "images labels"] | None = None,
    negatives: Negatives | None = None,
) -> Minimum:
    r"""Minimise L_inf over all critics s(x, q), without the knowledge of what the minimum is.

    With a and b the marginals of the law P, b' = b + negatives what images see in their
    denominators, and by the conjugate of log-sum-exp,

    .. math:: L_\infty(s) = \max_{A, B} \langle \tfrac12 (A + B) - P, s \rangle
        - \tfrac12 KL(A \| a b'^\top) - \tfrac12 KL(B \| a b^\top)

    over laws A with image marginal a and B with label marginal b. The dual problem is to maximise
    the two KL terms over A + B = 2 P. Where P is 0 the loss only rises with the score, so that the
    infimum is one over scores that are -inf there.

    Args:
        law: P, of images and labels that are all drawn.
        start: the critic that descent begins at; 0 unless given.
        negatives: expected number of shared hard negatives of each label a pair brings; none
            unless given. What is never drawn, and a negative, costs nothing at -inf and is left
            out.

    Raises:
        ArgumentError: if the law has a sum other than 1, or an image or label that is never drawn.
    """
    require(np.ndim(law) == 2, "law", "a table of images and labels", np.shape(law))
    require_law("law", law, slack=law.size * float(np.finfo(np.float64).eps))
    least = min(float(np.min(marginal)) for marginal in _marginals(law))
    require(least > 0, "law", "images and labels that are all drawn", f"probability {least}")
    drawn = law > 0

    def scores_of(free: Float[np.ndarray, " drawn"]) -> Float[np.ndarray, "images labels"]:
        scores = np.full(law.shape, -np.inf)
        scores[drawn] = free
        return scores

    def loss_and_gradient(free: Float[np.ndarray, " drawn"]) -> tuple[float, np.ndarray]:
        loss, slope = limit_loss_and_gradient(law, scores_of(free), negatives)
        return loss, slope[drawn]

    found = scipy.optimize.minimize(
        loss_and_gradient,
        np.zeros(drawn.sum()) if start is None else start[drawn],
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 0.0, "gtol": _GRADIENT, "maxiter": 10_000, "maxcor": 50},
    )
    scores = scores_of(found.x)
    return Minimum(float(found.fun), dual_bound(law, scores, negatives), scores)


def limit_loss_and_gradient(
    law: Float[np.ndarray, "images labels"],
    scores: Float[np.ndarray, "images labels"],
    negatives: Negatives | None = None,
) -> tuple[float, Float[np.ndarray, "images labels"]]:
    """L_inf of a critic, and its gradient by the scores.

    Args:
        law: P, of images and labels that are drawn.
        scores: s, above -inf where a pair is drawn.
        negatives: see `minimise_limit_loss`.
    """
    a, b = _marginals(law)
    rows, columns = _log_sums(law, scores, negatives)
    drawn = law > 0
    matched = law[drawn] @ scores[drawn]
    loss = 0.5 * (np.sum(a * rows) + np.sum(b * columns)) - matched
    by_image, by_label = _softmaxes(law, scores, negatives)
    return float(loss), 0.5 * (by_image + by_label) - law


def dual_bound(
    law: Float[np.ndarray, "images labels"],
    scores: Float[np.ndarray, "images labels"],
    negatives: Negatives | None = None,
) -> float:
    """A value of the dual problem, hence a bound on L_inf from below, made from any critic.

    The maximum over A and B in `minimise_limit_loss` is at a times the softmax of each row of s,
    with prior b', and b times that of each column, with prior a. Of half their difference is taken
    what lies where pairs are drawn, and what is left over in its marginals is taken off in
    proportion to P. P plus and P less what remains are two such laws.

    Args:
        law: P, of images and labels that are drawn.
        scores: s.
        negatives: see `minimise_limit_loss`.
    """
    a, b = _marginals(law)
    by_image, by_label = _softmaxes(law, scores, negatives)
    difference = np.where(law > 0, 0.5 * (by_image - by_label), 0.0)
    difference -= law * _shares(law, difference)
    # Neither of the two laws may be negative, but by rounding.
    with np.errstate(over="ignore"):
        most = np.max(np.abs(difference[law > 0]) / law[law > 0])
        difference /= max(1.0, float(most))
    divergences = (
        np.sum(xlogy(other, other) - other * (np.log(a) + np.log(prior)))
        for other, prior in (
            (np.maximum(law + difference, 0.0), _seen(b, negatives)),
            (np.maximum(law - difference, 0.0), b),
        )
    )
    return -0.5 * float(sum(divergences))


def shares(law: Float[np.ndarray, "images labels"], gap: float, axis: int) -> float:
    """Bound on |p - p_s| / p over all drawn pairs, for a critic s that descent ends at.

    Its excess, at most the gap, is half the sum of E_x KL(p(q|x), p_s(q|x)) and E_q KL(p(x|q),
    p_s(x|q)), where p_s are the softmaxes; by Pinsker's inequality each |p - p_s| is at most the
    root of the excess over p(x), or over p(q).

    Args:
        law: P.
        gap: of the descent, to which rounding is added.
        axis: 1 for p(q|x), 0 for p(x|q).
    """
    excess = max(gap, 0.0) + law.size * float(np.finfo(np.float64).eps)
    p = law.sum(axis=axis, keepdims=True)
    drawn = law > 0
    return float(np.max((np.sqrt(excess * p) * np.ones_like(law))[drawn] / law[drawn]))


def reach(share: float) -> float:
    """Bound on the error of a difference of two scores, logarithms of what is good to a share.

    Args:
        share: at least 0; the bound is infinite from 1 on.
    """
    return 2 * share / (1 - share) if share < 1 else np.inf


def _marginals(
    law: Float[np.ndarray, "images labels"],
) -> tuple[Float[np.ndarray, "images 1"], Float[np.ndarray, "1 labels"]]:
    return law.sum(axis=1, keepdims=True), law.sum(axis=0, keepdims=True)


def _seen(
    b: Float[np.ndarray, "1 labels"], negatives: Negatives | None
) -> Float[np.ndarray, "1 labels"]:
    """b', how often an image sees each label among the others of a batch."""
    return b if negatives is None else b + negatives


def _shares(
    law: Float[np.ndarray, "images labels"], difference: Float[np.ndarray, "images labels"]
) -> Float[np.ndarray, "images labels"]:
    """Shares u + v such that P (u + v) has the marginals of a table of drawn pairs.

    By least squares: each component of drawn pairs leaves a constant open.
    """
    a, b = _marginals(law)
    of_images, of_labels = _marginals(difference)
    rows = np.hstack([np.eye(len(law)), law / a])
    columns = np.hstack([(law / b).T, np.eye(law.shape[1])])
    wanted = np.concatenate([(of_images / a)[:, 0], (of_labels / b)[0]])
    found = np.linalg.lstsq(np.vstack([rows, columns]), wanted)[0]
    return found[: len(law), None] + found[len(law) :]


def _log_sums(
    law: Float[np.ndarray, "images labels"],
    scores: Float[np.ndarray, "images labels"],
    negatives: Negatives | None,
) -> tuple[Float[np.ndarray, "images 1"], Float[np.ndarray, "1 labels"]]:
    """Logarithms of what images and labels see in their denominators."""
    a, b = _marginals(law)
    rows = np.logaddexp.reduce(scores + np.log(_seen(b, negatives)), axis=1, keepdims=True)
    return rows, np.logaddexp.reduce(scores + np.log(a), axis=0, keepdims=True)


def _softmaxes(
    law: Float[np.ndarray, "images labels"],
    scores: Float[np.ndarray, "images labels"],
    negatives: Negatives | None,
) -> tuple[Float[np.ndarray, "images labels"], Float[np.ndarray, "images labels"]]:
    a, b = _marginals(law)
    rows, columns = _log_sums(law, scores, negatives)
    by_image = a * _seen(b, negatives) * np.exp(scores - rows)
    return by_image, a * b * np.exp(scores - columns)
