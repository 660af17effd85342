"""InfoNCE whose images also see hard negatives of captions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Literal, get_args

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from experiments.objectives.objective import OBJECTIVES, START
from experiments.objectives.similarity import Similarity, score_features
from experiments.objectives.tiles import TILE, log_row_sums, log_sum, log_sums
from scm.arguments import require_bool, require_choice, require_integer, require_number


@dataclass(frozen=True)
class HardNegativeInfoNCE:
    r"""The symmetric InfoNCE loss with hard negatives in the image -> text denominator.

    .. math:: -\tfrac12 \frac1K \sum_i \Big[\log\frac{e^{s(x_i,y_i)}}
        {\sum_j e^{s(x_i,y_j)} + \sum_{y' \in N_i} e^{s(x_i,y')}}
        + \log\frac{e^{s(x_i,y_i)}}{\sum_j e^{s(x_j,y_i)}}\Big]

    With M blind negatives, which score as their caption does, shared ones cost log(1 + M) / 2.

    Attributes:
        similarity: ``squared_distance``, s = -|f - g|^2 / tau, or ``cosine``, s = cos(f, g) / tau.
        temperature: tau at the start, above 0.
        learn_temperature: whether tau is trained (its logarithm is the parameter).
        shared: whether N_i is the hard negatives of all the batch's captions, or of y_i alone.
        tile: how many columns of the scores are held at once; bounds memory.

    Raises:
        ArgumentError: if a setting is outside its range.

    Source: shared as in NegCLIP [yuksekgonul2023]; own alone is ours (THEORY.md, T13).
    """

    similarity: Similarity = "cosine"
    temperature: float = field(default=0.05, metadata=START)
    learn_temperature: bool = True
    shared: bool = False
    tile: int = TILE

    reads_negatives: ClassVar[Literal[True]] = True

    def __post_init__(self) -> None:
        require_choice("similarity", self.similarity, get_args(Similarity))
        require_number("temperature", self.temperature, 0.0, exclude_low=True)
        require_bool("learn_temperature", self.learn_temperature)
        require_bool("shared", self.shared)
        require_integer("tile", self.tile, 1)

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        negatives: Float[Array, "k m d"],
        log_temperature: Float[Array, ""],
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats.

        Args:
            image: f(x_i), one a row.
            text: g(y_i), one a row.
            negatives: g of the m hard negatives of each y_i.
            log_temperature: log tau; held fixed unless ``learn_temperature``.
        """
        if not self.learn_temperature:
            log_temperature = jax.lax.stop_gradient(log_temperature)
        features = partial(
            score_features, similarity=self.similarity, temperature=jnp.exp(log_temperature)
        )
        u, v = features(image, text)
        positive = jnp.sum(u * v, axis=-1)
        over_texts, over_images = log_sums(u, v, self.tile)
        u, v = features(image, negatives.reshape(-1, text.shape[1]))
        if self.shared:
            over_negatives = log_row_sums(u, v, self.tile)
        else:
            own = v.reshape(*negatives.shape[:2], -1)
            own_scores = jnp.einsum("kf,kmf->km", u, own, precision=jax.lax.Precision.HIGHEST)
            over_negatives = log_sum(own_scores, 1)
        over_texts = log_sum(jnp.stack([over_texts, over_negatives]), 0)
        return jnp.mean(0.5 * (over_texts + over_images) - positive)


OBJECTIVES.register("hard_negative_infonce", HardNegativeInfoNCE)
