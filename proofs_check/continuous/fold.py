"""The fold: an optimum of the contrastive objective that is 2-to-1, since it is not proper."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float
from scipy.special import ndtri

from proofs_check.continuous.darmois import Darmois
from scm import ContentSCM
from scm.arguments import require
from scm.pytree import pytree_dataclass


@pytree_dataclass
class Fold:
    r"""A smooth 2-to-1 map of content onto the cube that makes it uniform.

    .. math:: h(z) = D\big(\sqrt{u_1}\, e^{4 \pi i u_2}\big), \qquad u = d(z)

    with d the Darmois map of content and D that of the uniform disc. The square of u winds around
    the disc twice, so z shares its code with the z' whose u_2 is half a unit away. Coordinates from
    the third on keep their Darmois code. ``|det Dh| = 2 p``.

    Attributes:
        darmois: d.

    Source: THEORY.md, the fold (T2).
    """

    degree: ClassVar[int] = 2
    """How many z share a code."""

    darmois: Darmois

    @classmethod
    def of(cls, world: ContentSCM) -> Fold:
        """The fold of the first two coordinates of a world's content.

        Raises:
            ArgumentError: if content has a single coordinate.
        """
        n_inv = world.sizes["z_inv"]
        require(n_inv >= 2, "n_inv", "at least 2 coordinates to fold", n_inv)
        return cls(Darmois.of(world))

    def __call__(self, z: Float[Array, "b n"]) -> Float[Array, "b n"]:
        """h(z), each coordinate in (0, 1)."""
        uniform = self.darmois(z)
        folded = darmois_of_disc(uniform[:, 0], 4 * jnp.pi * uniform[:, 1])
        return jnp.concatenate([folded, uniform[:, 2:]], axis=-1)

    def partner(self, z: Float[Array, "b n"]) -> Float[Array, "b n"]:
        """The other point z' with ``h(z') = h(z)``."""
        uniform = self.darmois(z)
        second = uniform[:, 1]
        return self.darmois.inverse(
            uniform.at[:, 1].set(jnp.where(second < 0.5, second + 0.5, second - 0.5))
        )


def darmois_of_disc(
    squared_radius: Float[Array, " b"], angle: Float[Array, " b"]
) -> Float[Array, "b 2"]:
    r"""The Darmois map of the uniform disc, at a point in polar coordinates.

    .. math:: D(a, b) = \Big(\tfrac12 + \tfrac1\pi\big(a \sqrt{1-a^2} + \arcsin a\big),\;
        \tfrac12 + \tfrac{b}{2 \sqrt{1-a^2}}\Big)

    Args:
        squared_radius: a² + b², in (0, 1).
        angle: of (a, b), in radians.
    """
    radius = jnp.sqrt(squared_radius)
    a, b = radius * jnp.cos(angle), radius * jnp.sin(angle)
    # 1 - a^2 without its cancellation near the rim.
    half_chord = jnp.sqrt((1 - squared_radius) + b**2)
    first = 0.5 + (a * half_chord + jnp.arcsin(a)) / jnp.pi
    return jnp.stack([first, 0.5 + 0.5 * b / half_chord], axis=-1)


def fold_r2() -> float:
    r"""R² of the best prediction of standard normal z_2 from its fold; 0.3374.

    Both points that share a code are equally likely, so the best prediction is their mean,

    .. math:: R^2 = \tfrac12 \int_0^{1/2} \big(\Phi^{-1}(v) + \Phi^{-1}(v + \tfrac12)\big)^2 dv .
    """

    def integrand(v: float) -> float:
        return float(np.square(ndtri(v) + ndtri(v + 0.5)))

    return 0.5 * scipy.integrate.quad(integrand, 0.0, 0.5, epsabs=1e-10)[0]
