"""Mixing: the diffeomorphisms F and G that turn latents into an image or a text vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from scm.arguments import require_integer, require_number
from scm.keys import named_key
from scm.pytree import pytree_dataclass
from scm.registry import CONFIGS

REFERENCE_CONDITION = 8.4
"""Condition number that each layer of the reference simulation stays under at 15 dimensions: it
accepts a matrix below the 0.1 % quantile of random ones [daunhawer2023]. 25,000 column-normalised
uniform matrices put that quantile at 8.4 (tests/scm/test_mixing.py measures it again)."""


@dataclass(frozen=True)
class MixingConfig:
    """Settings of a mixing.

    Attributes:
        depth: number of linear layers; 1 is a linear mixing.
        slope: slope of the activation towards -infinity, in (0, 1]; 1 is a linear mixing.
        condition: upper bound on the condition number of each layer's matrix, at least 1.
        corner: width of the activation's bend, above 0. The reference's leaky ReLU is the limit 0,
            which is no diffeomorphism; at 0.1 the two differ by at most 0.04.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    depth: int = 3
    slope: float = 0.2
    condition: float = REFERENCE_CONDITION
    corner: float = 0.1

    def __post_init__(self) -> None:
        require_integer("depth", self.depth, 1)
        require_number("slope", self.slope, 0.0, 1.0, exclude_low=True)
        require_number("condition", self.condition, 1.0)
        require_number("corner", self.corner, 0.0, exclude_low=True)


@pytree_dataclass
class Mixing:
    r"""A diffeomorphism of R^n: linear layers with a smooth leaky activation between them.

    .. math:: F(z) = \sigma(\dots\sigma(z W_1) W_2 \dots) W_D, \qquad
        \sigma(u) = \tfrac{1+s}{2} u + \tfrac{1-s}{2} \sqrt{u^2 + c^2}

    with slope s and corner c. sigma increases with slopes in (s, 1), and solving a quadratic gives
    ``sigma^{-1}(v) = ((1+s) v - (1-s) sqrt(v^2 + s c^2)) / (2 s)``, so forward, inverse and
    log-determinant are all exact.

    Attributes:
        weights: the matrices W_1 ... W_D, acting on row vectors from the right.
        slope: s, in (0, 1].
        corner: c, above 0.

    Source: mixing of the reference simulation [daunhawer2023], made smooth.
    """

    weights: Float[Array, "depth n n"]
    slope: Float[Array, ""]
    corner: Float[Array, ""]

    @classmethod
    def create(cls, config: MixingConfig, size: int, key: Key[Array, ""]) -> Mixing:
        """Draw the matrices: uniform entries, unit rows, singular values lifted to the bound.

        A singular value below ``largest / condition`` is raised to it, so the bound holds for
        every key, and (where it binds, as it does for nearly every draw at 15 dimensions) with
        equality.

        Args:
            config: depth, slope, corner and the bound.
            size: dimension n, at least 1.
            key: random key.
        """
        weights = _matrices(named_key(key, "weights"), config.condition, (config.depth, size, size))
        return cls(
            weights=weights,
            slope=jnp.asarray(config.slope, weights.dtype),
            corner=jnp.asarray(config.corner, weights.dtype),
        )

    @jax.jit
    def forward(self, latent: Float[Array, "*batch n"]) -> Float[Array, "*batch n"]:
        """F(latent)."""
        hidden = latent @ self.weights[0]
        for weight in self.weights[1:]:
            hidden = self._activation(hidden) @ weight
        return hidden

    @jax.jit
    def inverse(self, observed: Float[Array, "*batch n"]) -> Float[Array, "*batch n"]:
        """The latent with ``forward(latent) = observed``, in closed form."""
        hidden = _solve_right(observed, self.weights[-1])
        for weight in self.weights[-2::-1]:
            hidden = _solve_right(self._inverse_activation(hidden), weight)
        return hidden

    @jax.jit
    def log_abs_det_jacobian(self, latent: Float[Array, "*batch n"]) -> Float[Array, "*batch"]:
        """The value of log |det dF/dz| at ``latent``, in nats."""
        log_det_weights = jnp.sum(jnp.linalg.slogdet(self.weights)[1])
        hidden = latent @ self.weights[0]
        total = jnp.full(hidden.shape[:-1], log_det_weights)
        for weight in self.weights[1:]:
            total = total + jnp.sum(jnp.log(self._activation_slope(hidden)), axis=-1)
            hidden = self._activation(hidden) @ weight
        return total

    def _activation(self, u: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        return 0.5 * ((1 + self.slope) * u + (1 - self.slope) * jnp.sqrt(u**2 + self.corner**2))

    def _inverse_activation(self, v: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        root = jnp.sqrt(v**2 + self.slope * self.corner**2)
        return ((1 + self.slope) * v - (1 - self.slope) * root) / (2 * self.slope)

    def _activation_slope(self, u: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        return 0.5 * ((1 + self.slope) + (1 - self.slope) * u / jnp.sqrt(u**2 + self.corner**2))


@partial(jax.jit, static_argnames="shape")
def _matrices(
    key: Key[Array, ""], condition: Float[Array, ""] | float, shape: tuple[int, int, int]
) -> Float[Array, "depth n n"]:
    raw = jax.random.uniform(key, shape, minval=-1.0, maxval=1.0)
    left, singular, right = jnp.linalg.svd(raw / jnp.linalg.norm(raw, axis=-1, keepdims=True))
    lifted = jnp.maximum(singular, singular[:, :1] / condition)
    return (left * lifted[:, None, :]) @ right


def _solve_right(
    rows: Float[Array, "*batch n"], matrix: Float[Array, "n n"]
) -> Float[Array, "*batch n"]:
    """The rows x with ``x @ matrix = rows``."""
    flat = rows.reshape(-1, rows.shape[-1])
    return jnp.linalg.solve(matrix.T, flat.T).T.reshape(rows.shape)


CONFIGS.register("mixing", MixingConfig)
