r"""Linear encoders by the spectral contrastive loss: what a small start tends to (T18).

With f = F phi_x and g = G phi_y of centred features, M = F^T G and second moments S,

.. math:: L = -2\,\mathbb E f(x) \cdot g(y) + \mathbb E (f(x) \cdot g(y'))^2
    = \| S_x^{1/2} M S_y^{1/2} - C \|^2 - \|C\|^2, \qquad C = S_x^{+1/2} S_{xy} S_y^{+1/2},

y' independent of x. The singular values of C are the canonical correlations.

Source: the loss is that of [haochen2021].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from proofs_check.finite.feature_world import FeatureWorld

Weights = Float[np.ndarray, "d features"]

_RANK = 1e-9
"""Of eigenvalues, over the largest: below it they are rounding of 0."""


class SecondMoments(NamedTuple):
    """Second moments of the centred features of what is drawn.

    Attributes:
        image: S_x.
        text: S_y.
        cross: S_xy.
    """

    image: Float[np.ndarray, "p p"]
    text: Float[np.ndarray, "q q"]
    cross: Float[np.ndarray, "p q"]

    @classmethod
    def of(cls, world: FeatureWorld) -> SecondMoments:
        """Those of a world."""
        x, y = world.centred_images, world.centred_captions
        image, text = (
            (rows * law[:, None]).T @ rows
            for rows, law in ((x, world.image_law), (y, world.caption_law))
        )
        return cls(image, text, x.T @ world.joint @ y)

    @property
    def canonical_correlations(self) -> Float[np.ndarray, " n"]:
        """Singular values of C that are not 0, the largest first."""
        left, right = power(self.image, -0.5), power(self.text, -0.5)
        found = np.linalg.svd(left @ self.cross @ right, compute_uv=False)
        return found[found > np.sqrt(_RANK)]

    @property
    def least_loss(self) -> float:
        """The least loss of encoders with as many outputs as C has rank, -||C||^2."""
        return -float(np.sum(self.canonical_correlations**2))

    @property
    def critic(self) -> Float[np.ndarray, "p q"]:
        """The M of the limit, S_x^+ S_xy S_y^+.

        Source: THEORY.md, T18; ours, not the paper's.
        """
        return power(self.image, -1.0) @ self.cross @ power(self.text, -1.0)


class LinearEncoders(NamedTuple):
    """Weights of both encoders.

    Attributes:
        image: F.
        text: G.
    """

    image: Float[np.ndarray, "d p"]
    text: Float[np.ndarray, "d q"]

    def embeddings(
        self, world: FeatureWorld
    ) -> tuple[Float[np.ndarray, "images d"], Float[np.ndarray, "captions d"]]:
        """The embeddings of all images and captions."""
        return world.centred_images @ self.image.T, world.centred_captions @ self.text.T

    def loss(self, world: FeatureWorld) -> float:
        """The population's loss, by its definition."""
        f, g = self.embeddings(world)
        scores = f @ g.T
        independent = world.image_law @ scores**2 @ world.caption_law
        return float(independent - 2 * np.sum(world.joint * scores))


def limit_encoders(moments: SecondMoments) -> LinearEncoders:
    """The limit of descent from a vanishing start, up to a rotation of the outputs.

    F F^T = G G^T is kept, so that both take the root of each singular value of the critic.

    Args:
        moments: of the world.

    Source: THEORY.md, T18; ours, not the paper's.
    """
    left, values, right = np.linalg.svd(moments.critic, full_matrices=False)
    kept = values > values[0] * np.sqrt(_RANK)
    root = np.sqrt(values[kept])[:, None]
    return LinearEncoders(root * left.T[kept], root * right[kept])


def small_start(world: FeatureWorld, outputs: int, scale: float, seed: int) -> LinearEncoders:
    """Independent normal weights of a standard deviation.

    Args:
        world: the world.
        outputs: d.
        scale: their standard deviation.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    p, q = world.images.shape[1], world.captions.shape[1]
    return LinearEncoders(
        scale * rng.normal(size=(outputs, p)), scale * rng.normal(size=(outputs, q))
    )


def descend(
    world: FeatureWorld, start: LinearEncoders, *, step: float, gradient: float, steps: int
) -> LinearEncoders:
    """Plain gradient descent on the population's loss.

    At a minimum the loss has curvatures of up to some 4 S, S the largest second moment of features,
    and more where the start's embeddings have second moments above 1.

    Args:
        world: the world.
        start: the weights it begins at.
        step: over 1 / S, and over the second moment of the start's embeddings; below 1/2.
        gradient: largest entry of the gradient at which it ends.
        steps: most steps.
    """
    moments = SecondMoments.of(world)
    most = max(float(np.linalg.norm(moment, 2)) for moment in moments[:2])
    embedded = max(
        float(np.linalg.norm(weights @ moment @ weights.T, 2))
        for weights, moment in zip(start, moments[:2], strict=True)
    )
    rate = step / (most * max(1.0, embedded))
    drawn_x, drawn_y = world.image_law > 0, world.caption_law > 0
    x, y = world.centred_images[drawn_x], world.centred_captions[drawn_y]
    law = world.joint[drawn_x][:, drawn_y]
    independent = np.outer(world.image_law[drawn_x], world.caption_law[drawn_y])
    F, G = start
    for _ in range(steps):
        f, g = x @ F.T, y @ G.T
        slope = 2 * (independent * (f @ g.T) - law)
        by_image, by_text = (slope @ g).T @ x, (slope.T @ f).T @ y
        F, G = F - rate * by_image, G - rate * by_text
        if max(np.abs(by_image).max(), np.abs(by_text).max()) <= gradient:
            break
    return LinearEncoders(F, G)


def power(moment: Float[np.ndarray, "n n"], exponent: float) -> Float[np.ndarray, "n n"]:
    """A power of a second moment on its range, and 0 on its kernel.

    Args:
        moment: symmetric, no eigenvalue below 0.
        exponent: the power; 0 makes the projection on the range.
    """
    values, vectors = np.linalg.eigh(moment)
    kept = values > _RANK * values[-1]
    return (vectors[:, kept] * values[kept] ** exponent) @ vectors[:, kept].T
