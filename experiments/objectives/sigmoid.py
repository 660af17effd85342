"""The sigmoid loss: every pair of a batch is a logistic regression."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

import jax.numpy as jnp
from jaxtyping import Array, Float

from experiments.objectives.objective import OBJECTIVES, START
from experiments.objectives.similarity import Similarity, score_features
from experiments.objectives.tiles import TILE, softplus_sums
from scm.arguments import require_choice, require_integer, require_number


@dataclass(frozen=True)
class SigmoidLoss:
    r"""The loss of SigLIP, by which a pair is told from a chance meeting without a softmax.

    .. math:: L_K = -\frac1K \sum_i \sum_j \log \sigma\big(z_{ij} (s(x_i, y_j) + b)\big),
        \qquad z_{ii} = 1, \quad z_{ij} = -1 \text{ for } i \ne j

    Temperature and bias are both trained. Over all critics it is least at
    ``s + b = PMI(x, y) - log(K - 1)``, the log odds of a pair against K - 1 chance meetings.

    Attributes:
        similarity: ``squared_distance``, s = -|f - g|^2 / tau, or ``cosine``, s = cos(f, g) / tau.
        temperature: tau at the start, above 0.
        bias: b at the start.
        tile: how many columns of the logits are held at once; bounds memory.

    Raises:
        ArgumentError: if a setting is outside its range.

    Source: [zhai2023], whose start is ours.
    """

    similarity: Similarity = "cosine"
    temperature: float = field(default=0.1, metadata=START)
    bias: float = field(default=-10.0, metadata=START)
    tile: int = TILE

    reads_negatives: ClassVar[Literal[False]] = False

    def __post_init__(self) -> None:
        require_choice("similarity", self.similarity, get_args(Similarity))
        require_number("temperature", self.temperature, 0.0, exclude_low=True)
        require_number("bias", self.bias)
        require_integer("tile", self.tile, 1)

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        log_temperature: Float[Array, ""],
        bias: Float[Array, ""],
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats a pair.

        Args:
            image: f(x_i), one a row.
            text: g(y_i), one a row.
            log_temperature: log tau.
            bias: b.
        """
        u, v = score_features(image, text, self.similarity, jnp.exp(log_temperature))
        # The bias is one more feature of either side, so that logits are inner products too.
        ones = jnp.ones_like(u[:, :1])
        u, v = jnp.concatenate([u, ones], axis=1), jnp.concatenate([v, bias * ones], axis=1)
        # -log sigmoid(a) of a pair less that of a chance meeting, -log sigmoid(-a), is -a.
        return jnp.mean(softplus_sums(u, v, self.tile) - jnp.sum(u * v, axis=-1))


OBJECTIVES.register("sigmoid", SigmoidLoss)
