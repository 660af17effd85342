"""Structural mechanisms: random covariances and random nonlinear DAGs."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from scm.keys import named_key
from scm.pytree import pytree_dataclass

HIDDEN_UNITS = 8
"""tanh units in the mechanism of one coordinate of a DAG."""


@partial(jax.jit, static_argnames="size")
def wishart_factor(key: Key[Array, ""], size: int) -> Float[Array, "n n"]:
    """Lower triangular L such that L L^T is Wishart(n, I / n), a random covariance of mean I.

    ``L L^T = X^T X / n`` for a square X of independent standard normals, by its QR decomposition:
    Bartlett's, whose chi-squares take seconds to compile, has the same law. The reference
    simulation [daunhawer2023] draws Wishart(n, I): the same up to the one scale that all blocks
    share.

    Args:
        key: random key, one for each block: blocks never share a covariance.
        size: dimension n, 0 allowed.

    Returns:
        L, whose diagonal is above 0.
    """
    upper = jnp.linalg.qr(jax.random.normal(key, (size, size)), mode="r")
    positive = jnp.where(jnp.diagonal(upper) < 0, -1.0, 1.0)[:, None] * upper
    return positive.T / max(size, 1) ** 0.5


@pytree_dataclass
class DagMechanism:
    r"""Nonlinear additive noise on a random DAG whose causal order is the order of coordinates.

    .. math:: z_j = \sum_h v_{jh} \tanh\Big(\sum_i A_{ij} U_{jhi} z_i + c_{jh}\Big) + u_j

    A is strictly upper triangular; with no edge the mechanism returns its noise.

    Attributes:
        adjacency: A, 1 where coordinate i is a parent of coordinate j, else 0.
        inner: the weights U.
        bias: the biases c.
        outer: the weights v, zero for a coordinate without parents.
    """

    adjacency: Float[Array, "n n"]
    inner: Float[Array, "n hidden n"]
    bias: Float[Array, "n hidden"]
    outer: Float[Array, "n hidden"]

    @classmethod
    @partial(jax.jit, static_argnames=("cls", "size"))
    def create(
        cls,
        key: Key[Array, ""],
        size: int,
        edge_probability: Float[Array, ""],
        strength: Float[Array, ""],
    ) -> DagMechanism:
        """Draw the graph and its mechanisms.

        Args:
            key: random key.
            size: number of coordinates n.
            edge_probability: probability of each edge i -> j, i < j.
            strength: scale of v; the parents' part of a coordinate has a standard deviation of
                about this, its noise one of 1.
        """
        draws = jax.random.uniform(named_key(key, "edges"), (size, size))
        adjacency = jnp.triu((draws < edge_probability).astype(draws.dtype), 1)
        has_parents = jnp.any(adjacency > 0, axis=0)
        inner = jax.random.normal(named_key(key, "inner"), (size, HIDDEN_UNITS, size))
        bias = jax.random.normal(named_key(key, "bias"), (size, HIDDEN_UNITS))
        outer = jax.random.normal(named_key(key, "outer"), (size, HIDDEN_UNITS))
        outer = outer * strength * (2.0 / HIDDEN_UNITS) ** 0.5
        return cls(adjacency, inner, bias, jnp.where(has_parents[:, None], outer, 0.0))

    @jax.jit
    def __call__(
        self, noise: Float[Array, "*b n"], mask: Float[Array, " n"], value: Float[Array, "*b n"]
    ) -> Float[Array, "*b n"]:
        """Solve the structural equations under an intervention.

        Args:
            noise: u.
            mask: 1 at coordinates that are set, else 0.
            value: what they are set to.
        """
        u, wanted = (jnp.moveaxis(part, -1, 0) for part in (noise, value))
        weights = self.inner * self.adjacency.T[:, None, :]
        biases = self.bias.reshape(*self.bias.shape, *(1,) * (u.ndim - 1))

        def with_next(
            z: Float[Array, " n *b"], of: tuple[Array, ...]
        ) -> tuple[Float[Array, " n *b"], None]:
            j, weights_j, biases_j, outer_j, u_j, mask_j, wanted_j = of
            hidden = jnp.tanh(jnp.tensordot(weights_j, z, 1) + biases_j)
            natural = u_j + jnp.tensordot(outer_j, hidden, 1)
            z_j = jnp.where(mask_j > 0, wanted_j, natural)
            return jax.lax.dynamic_update_index_in_dim(z, z_j, j, 0), None

        # Parents come first: what is not there yet is 0, and has no weight.
        number = jnp.arange(u.shape[0])
        in_order = (number, weights, biases, self.outer, u, mask, wanted)
        z, _ = jax.lax.scan(with_next, jnp.zeros_like(u), in_order)
        return jnp.moveaxis(z, 0, -1)

    def noise(self, z: Float[Array, "*b n"]) -> Float[Array, "*b n"]:
        """The noise u that solves to ``z`` where nothing is set."""
        drive = jnp.einsum("...i,ij,jhi->...jh", z, self.adjacency, self.inner)
        hidden = jnp.tanh(drive + jnp.broadcast_to(self.bias, drive.shape))
        return z - jnp.einsum("...jh,jh->...j", hidden, self.outer)
