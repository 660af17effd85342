"""The least L_inf over all critics, found by descent and certified by a duality gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax, xlogy

from scm.arguments import require, require_law

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
) -> Minimum:
    r"""Minimise L_inf over all critics s(x, q), without the knowledge of what the minimum is.

    With a and b the marginals of the law P, and by the conjugate of log-sum-exp,

    .. math:: L_\infty(s) = \max_{A, B} \langle \tfrac12 (A + B) - P, s \rangle
        - \tfrac12 KL(A \| a b^\top) - \tfrac12 KL(B \| a b^\top)

    over laws A with image marginal a and B with label marginal b. The dual problem is to maximise
    the two KL terms over A + B = 2 P.

    Args:
        law: P, all of it above 0, so that the minimum is attained.
        start: the critic that descent begins at; 0 unless given.

    Raises:
        ArgumentError: if the law is not positive with sum 1.
    """
    require(np.ndim(law) == 2, "law", "a table of images and labels", np.shape(law))
    require_law("law", law, positive=True, slack=law.size * float(np.finfo(np.float64).eps))

    def loss_and_gradient(flat: Float[np.ndarray, " cells"]) -> tuple[float, np.ndarray]:
        loss, slope = limit_loss_and_gradient(law, flat.reshape(law.shape))
        return loss, slope.ravel()

    found = minimize(
        loss_and_gradient,
        np.zeros(law.size) if start is None else start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 0.0, "gtol": _GRADIENT, "maxiter": 10_000, "maxcor": 50},
    )
    scores = found.x.reshape(law.shape)
    return Minimum(float(found.fun), dual_bound(law, scores), scores)


def limit_loss_and_gradient(
    law: Float[np.ndarray, "images labels"], scores: Float[np.ndarray, "images labels"]
) -> tuple[float, Float[np.ndarray, "images labels"]]:
    """L_inf of a critic, and its gradient by the scores.

    Args:
        law: P, of images and labels that are drawn.
        scores: s.
    """
    a, b = _marginals(law)
    rows = logsumexp(scores + np.log(b), axis=1, keepdims=True)
    columns = logsumexp(scores + np.log(a), axis=0, keepdims=True)
    loss = 0.5 * (np.sum(a * rows) + np.sum(b * columns)) - np.sum(law * scores)
    by_image, by_label = _softmaxes(law, scores)
    return float(loss), 0.5 * (by_image + by_label) - law


def dual_bound(
    law: Float[np.ndarray, "images labels"], scores: Float[np.ndarray, "images labels"]
) -> float:
    """A value of the dual problem, hence a bound on L_inf from below, made from any critic.

    The maximum over A and B in `minimise_limit_loss` is at a times the softmax of each row of s,
    with prior b, and b times that of each column, with prior a. The gradient (A + B) / 2 - P is
    taken off both, and what is left over in their marginals.

    Args:
        law: P, all of it above 0.
        scores: s.
    """
    a, b = _marginals(law)
    by_image, by_label = _softmaxes(law, scores)
    difference = 0.5 * (by_image - by_label)
    of_images, of_labels = _marginals(difference)
    difference -= of_images * b + a * of_labels
    # P + difference and P - difference are the two laws; neither may be negative, but by rounding.
    with np.errstate(over="ignore"):
        difference /= max(1.0, float(np.max(np.abs(difference) / law)))
    divergences = (
        np.sum(xlogy(other, other) - other * (np.log(a) + np.log(b)))
        for other in np.maximum((law + difference, law - difference), 0.0)
    )
    return -0.5 * float(sum(divergences))


def _marginals(
    law: Float[np.ndarray, "images labels"],
) -> tuple[Float[np.ndarray, "images 1"], Float[np.ndarray, "1 labels"]]:
    return law.sum(axis=1, keepdims=True), law.sum(axis=0, keepdims=True)


def _softmaxes(
    law: Float[np.ndarray, "images labels"], scores: Float[np.ndarray, "images labels"]
) -> tuple[Float[np.ndarray, "images labels"], Float[np.ndarray, "images labels"]]:
    a, b = _marginals(law)
    by_image = a * softmax(scores + np.log(b), axis=1)
    return by_image, b * softmax(scores + np.log(a), axis=0)
