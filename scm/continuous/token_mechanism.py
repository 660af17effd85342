"""The mechanism of token latents: conditional bijections, one token after the other."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from scm.continuous.mechanisms import HIDDEN_UNITS
from scm.keys import named_key
from scm.pytree import pytree_dataclass

LOG_SCALE = 0.5
"""Bound on every log-scale of the mechanism: no coordinate is stretched by more than e^(1/2) at a
time, so the inverse loses no more than a digit."""


@pytree_dataclass
class TokenMechanism:
    r"""k token latents of width m, drawn in order from content, earlier tokens and noise.

    Content z is spread over n slots, ``q = z Q``; slot j belongs to token j mod k. The other
    k m - n coordinates of the tokens are noise that content moves and scales,

    .. math:: w = \epsilon \odot e^{\frac12 \tanh(z C)} + z D,

    and token i sees the tokens before it through tanh units h_i = tanh(U_i z_{<i} + c_i),

    .. math:: z_i = (q_i, w_i) \odot e^{\frac12 \tanh(A_i h_i)} + B_i h_i .

    Given the tokens before it a token is a bijection of (q_i, w_i), and given z as well one of its
    noise; so (z, epsilon) and the tokens are in bijection, in closed form both ways.

    Attributes:
        spread: Q, orthogonal.
        noise_scale: C.
        noise_shift: D.
        inner: the weights U; those of tokens that are not earlier are not read.
        bias: the biases c.
        outer_scale: the weights A, proportional to the strength of dependence.
        outer_shift: the weights B, proportional to the strength of dependence.

    Source: t_i of Assumption 4 of the paper [chen2025]; the form is this project's.
    """

    spread: Float[Array, "inv inv"]
    noise_scale: Float[Array, "inv noise"]
    noise_shift: Float[Array, "inv noise"]
    inner: Float[Array, "k hidden km"]
    bias: Float[Array, "k hidden"]
    outer_scale: Float[Array, "k hidden m"]
    outer_shift: Float[Array, "k hidden m"]

    @classmethod
    @partial(jax.jit, static_argnames=("cls", "n_inv", "n_tokens", "width", "mixed"))
    def create(
        cls,
        key: Key[Array, ""],
        n_inv: int,
        n_tokens: int,
        width: int,
        *,
        mixed: bool,
        dependence: float | Float[Array, ""],
    ) -> TokenMechanism:
        """Draw a mechanism.

        Args:
            key: random key.
            n_inv: size n of content, at most ``n_tokens * width``.
            n_tokens: k.
            width: m.
            mixed: whether Q is a random orthogonal matrix, so that every slot holds a share of
                every concept, or the identity, one concept a slot.
            dependence: scale of A and B; the earlier tokens' part of a coordinate has a standard
                deviation of about this.
        """

        def normal(name: str, *shape: int) -> Array:
            return jax.random.normal(named_key(key, name), shape)

        total = n_tokens * width
        earlier = jnp.maximum(jnp.arange(n_tokens) * width, 1).astype(float)
        outer = dependence * (2.0 / HIDDEN_UNITS) ** 0.5
        rotation = jnp.linalg.qr(normal("spread", n_inv, n_inv))[0]
        return cls(
            spread=rotation if mixed else jnp.eye(n_inv),
            noise_scale=normal("noise scale", n_inv, total - n_inv) / n_inv**0.5,
            noise_shift=normal("noise shift", n_inv, total - n_inv) / n_inv**0.5,
            inner=normal("inner", n_tokens, HIDDEN_UNITS, total) / earlier[:, None, None] ** 0.5,
            bias=normal("bias", n_tokens, HIDDEN_UNITS),
            outer_scale=outer * normal("outer scale", n_tokens, HIDDEN_UNITS, width),
            outer_shift=outer * normal("outer shift", n_tokens, HIDDEN_UNITS, width),
        )

    @property
    def n_noise(self) -> int:
        """Number of noises of all tokens together, k m - n."""
        return self.noise_shift.shape[1]

    @jax.jit
    def forward(
        self, content: Float[Array, "b inv"], noise: Float[Array, "b noise"]
    ) -> Float[Array, "b k m"]:
        """The token latents of content and noise.

        Args:
            content: ``z_inv``, one row a pair.
            noise: of all tokens, as many as `n_noise` a pair.
        """
        log_scale, shift = self._on_noise(content)
        slots = jnp.concatenate(
            [content @ self.spread, noise * jnp.exp(log_scale) + shift], axis=-1
        )[:, self._order].reshape(-1, *self._shape)
        tokens = jnp.zeros((content.shape[0], 0, self._shape[1]), slots.dtype)
        for i in range(self._shape[0]):
            log_scale, shift = self._on_token(i, tokens)
            token = slots[:, i] * jnp.exp(log_scale) + shift
            tokens = jnp.concatenate([tokens, token[:, None, :]], axis=1)
        return tokens

    @jax.jit
    def inverse(
        self, tokens: Float[Array, "b k m"]
    ) -> tuple[Float[Array, "b inv"], Float[Array, "b noise"]]:
        """The content and the noise with ``forward(content, noise) = tokens``."""
        slots = []
        for i in range(self._shape[0]):
            log_scale, shift = self._on_token(i, tokens[:, :i])
            slots.append((tokens[:, i] - shift) * jnp.exp(-log_scale))
        flat = jnp.concatenate(slots, axis=-1)[:, np.argsort(self._order)]
        content = flat[:, : self.spread.shape[0]] @ self.spread.T
        log_scale, shift = self._on_noise(content)
        return content, (flat[:, self.spread.shape[0] :] - shift) * jnp.exp(-log_scale)

    @property
    def _shape(self) -> tuple[int, int]:
        return self.outer_shift.shape[0], self.outer_shift.shape[2]

    @property
    def _order(self) -> np.ndarray:
        """Where in (q, w) the coordinates of the tokens come from, token by token."""
        (n_tokens, width), n_inv = self._shape, self.spread.shape[0]
        noise = iter(range(n_inv, n_tokens * width))
        order: list[int] = []
        for i in range(n_tokens):
            slots = range(i, n_inv, n_tokens)
            order += [*slots, *(next(noise) for _ in range(width - len(slots)))]
        return np.asarray(order)

    def _on_noise(
        self, content: Float[Array, "b inv"]
    ) -> tuple[Float[Array, "b noise"], Float[Array, "b noise"]]:
        return LOG_SCALE * jnp.tanh(content @ self.noise_scale), content @ self.noise_shift

    def _on_token(
        self, i: int, earlier: Float[Array, "b i m"]
    ) -> tuple[Float[Array, "b m"], Float[Array, "b m"]]:
        flat = earlier.reshape(earlier.shape[0], -1)
        hidden = jnp.tanh(flat @ self.inner[i, :, : flat.shape[1]].T + self.bias[i][None, :])
        return LOG_SCALE * jnp.tanh(hidden @ self.outer_scale[i]), hidden @ self.outer_shift[i]
