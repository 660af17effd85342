"""The Darmois map: a bijection of content onto the cube that makes it uniform."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jax.scipy.special import ndtr, ndtri
from jax.scipy.stats import norm
from jaxtyping import Array, Float

from scm import ContentSCM, DagMechanism
from scm.pytree import pytree_dataclass


@pytree_dataclass
class Darmois:
    r"""The conditional distribution functions of ``z_inv``, one coordinate after the other.

    .. math:: d(z)_i = P(Z_i \le z_i \mid z_{<i})

    Content solves ``z = m(z) + L e`` with e standard normal, where m_i reads ``z_{<i}`` and L is
    lower triangular with a positive diagonal. Given ``z_{<i}``, z_i increases in e_i and in nothing
    else, so ``d(z) = Phi(L^{-1} (z - m(z)))``: a smooth bijection onto (0, 1)^n that sends the
    density p of content to the uniform one, ``|det Dd| = p``.

    Attributes:
        factor: L, the identity but for Gaussian content.
        mechanism: m, zero but for content on a DAG.

    Source: THEORY.md, T2; the construction is that of [daunhawer2023].
    """

    degree: ClassVar[int] = 1
    """How many z share a code."""

    factor: Float[Array, "n n"]
    mechanism: DagMechanism

    @classmethod
    def of(cls, world: ContentSCM) -> Darmois:
        """The map of a world's content."""
        return cls(world.factors["z_inv"], world.content)

    def __call__(self, z: Float[Array, "b n"]) -> Float[Array, "b n"]:
        """d(z), each coordinate in (0, 1)."""
        return ndtr(self.normal(z))

    def inverse(self, code: Float[Array, "b n"]) -> Float[Array, "b n"]:
        """The z with ``d(z) = code``."""
        noise = ndtri(code) @ self.factor.T
        nothing = jnp.zeros(noise.shape[-1], noise.dtype)
        return self.mechanism(noise, nothing, noise)

    def log_density(self, z: Float[Array, "b n"]) -> Float[Array, " b"]:
        """The log of the density p of content, in nats."""
        log_scale = jnp.sum(jnp.log(jnp.diagonal(self.factor)))
        return jnp.sum(norm.logpdf(self.normal(z)), axis=-1) - log_scale

    def normal(self, z: Float[Array, "b n"]) -> Float[Array, "b n"]:
        """The standard normal e behind z, ``d(z) = Phi(e)``."""
        return solve_triangular(self.factor, self.mechanism.noise(z).T, lower=True).T
