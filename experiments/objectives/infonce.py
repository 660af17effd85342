"""InfoNCE over a batch, in tiles, with its own gradient."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Literal, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from experiments.objectives.objective import OBJECTIVES, START
from experiments.objectives.similarity import Similarity, score_features, scores
from scm.arguments import require_bool, require_choice, require_integer, require_number

NegativePairs = Literal["cross", "intra", "both"]

_PRECISION = jax.lax.Precision.HIGHEST


@dataclass(frozen=True)
class InfoNCE:
    r"""The symmetric InfoNCE loss of CLIP and of the reference simulation.

    .. math:: L_K = -\tfrac12 \frac1K \sum_i \Big[\log\frac{e^{s(x_i,y_i)}}{D(x_i)}
        + \log\frac{e^{s(x_i,y_i)}}{D(y_i)}\Big], \qquad D(x_i) = \sum_j e^{s(x_i, y_j)}

    Attributes:
        similarity: ``squared_distance``, s = -|f - g|^2 / tau, or ``cosine``, s = cos(f, g) / tau.
        negatives: what D holds beside the positive pair: ``cross``, the batch's other texts
            (CLIP); ``intra``, the batch's other images, as the reference simulation has it
            [daunhawer2023]; ``both``, as its image and text experiment has it. D(y) likewise.
        temperature: tau at the start, above 0.
        learn_temperature: whether tau is trained (its logarithm is the parameter).
        tile: how many columns of the K x K scores are held at once; bounds memory, and keeps
            them in the cache. Read by ``cross`` only.

    Raises:
        ArgumentError: if a setting is outside its range.

    Source: [oord2018], [radford2021].
    """

    similarity: Similarity = "squared_distance"
    negatives: NegativePairs = "cross"
    temperature: float = field(default=1.0, metadata=START)
    learn_temperature: bool = False
    tile: int = 512

    reads_negatives: ClassVar[Literal[False]] = False

    def __post_init__(self) -> None:
        require_choice("similarity", self.similarity, get_args(Similarity))
        require_choice("negatives", self.negatives, get_args(NegativePairs))
        require_number("temperature", self.temperature, 0.0, exclude_low=True)
        require_bool("learn_temperature", self.learn_temperature)
        require_integer("tile", self.tile, 1)

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        log_temperature: Float[Array, ""],
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats.

        For a collapsed encoder, whose scores are all equal, it is the log of the number of terms
        of D: log K, and log(2K - 1) with ``both`` kinds of negatives.

        Args:
            image: f(x_i), one a row.
            text: g(y_i), one a row.
            log_temperature: log tau; held fixed unless ``learn_temperature``.
        """
        if not self.learn_temperature:
            log_temperature = jax.lax.stop_gradient(log_temperature)
        features = partial(
            score_features, similarity=self.similarity, temperature=jnp.exp(log_temperature)
        )
        if self.negatives == "cross":
            return _cross_info_nce(*features(image, text), _divisor(image.shape[0], self.tile))
        cross = scores(*features(image, text))
        positive = jnp.diagonal(cross)
        losses = [
            _log_denominator(cross_rows, scores(*features(own, own)), self.negatives) - positive
            for cross_rows, own in ((cross, image), (cross.T, text))
        ]
        return 0.5 * jnp.mean(losses[0] + losses[1])


def _log_denominator(
    cross: Float[Array, "k k"], own: Float[Array, "k k"], negatives: NegativePairs
) -> Float[Array, " k"]:
    others = jnp.where(jnp.eye(own.shape[0], dtype=bool), -jnp.inf, own)
    kept = cross if negatives == "both" else jnp.diagonal(cross)[:, None]
    return jax.nn.logsumexp(jnp.concatenate([kept, others], axis=-1), axis=-1)


def _divisor(size: int, at_most: int) -> int:
    return next(d for d in range(min(size, at_most), 0, -1) if size % d == 0)


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def _cross_info_nce(u: Float[Array, "k m"], v: Float[Array, "k m"], tile: int) -> Float[Array, ""]:
    """Mean of ``(logsumexp_j s_ij + logsumexp_i s_ij) / 2 - s_ii`` for s = u v^T."""
    return _cross_forward(u, v, tile)[0]


def _cross_forward(u, v, tile):
    # A tile is a block of columns: rows may be sharded over devices, and every tile stays so.
    def over_tile(carry, v_tile):
        top, total = carry
        s = scores(u, v_tile)
        new_top = jnp.maximum(top, jnp.max(s, axis=1))
        total = total * jnp.exp(top - new_top) + jnp.sum(jnp.exp(s - new_top[:, None]), axis=1)
        column_top = jnp.max(s, axis=0)
        column_total = jnp.sum(jnp.exp(s - column_top[None, :]), axis=0)
        return (new_top, total), column_top + jnp.log(column_total)

    start = (jnp.full(u.shape[0], -jnp.inf, u.dtype), jnp.zeros(u.shape[0], u.dtype))
    (top, total), columns = jax.lax.scan(over_tile, start, v.reshape(-1, tile, v.shape[1]))
    rows, columns = top + jnp.log(total), columns.reshape(-1)
    loss = jnp.mean(0.5 * (rows + columns) - jnp.sum(u * v, axis=-1))
    return loss, (u, v, rows, columns)


def _cross_backward(tile, residuals, cotangent):
    u, v, rows, columns = residuals

    def over_tile(u_grad, tile_of):
        v_tile, column = tile_of
        s = scores(u, v_tile)
        weight = jnp.exp(s - rows[:, None]) + jnp.exp(s - column[None, :])
        u_grad = u_grad + jnp.matmul(weight, v_tile, precision=_PRECISION)
        return u_grad, jnp.matmul(weight.T, u, precision=_PRECISION)

    tiles = (v.reshape(-1, tile, v.shape[1]), columns.reshape(-1, tile))
    u_grad, v_grad = jax.lax.scan(over_tile, jnp.zeros_like(u), tiles)
    scale = cotangent / u.shape[0]
    return scale * (0.5 * u_grad - v), scale * (0.5 * v_grad.reshape(v.shape) - u)


_cross_info_nce.defvjp(_cross_forward, _cross_backward)


OBJECTIVES.register("infonce", InfoNCE)
