"""InfoNCE over a batch, in tiles."""

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

NegativePairs = Literal["cross", "intra", "both"]


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
            them in the cache.

    Raises:
        ArgumentError: if a setting is outside its range.

    Source: [oord2018], [radford2021].
    """

    similarity: Similarity = "squared_distance"
    negatives: NegativePairs = "cross"
    temperature: float = field(default=1.0, metadata=START)
    learn_temperature: bool = False
    tile: int = TILE

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
        u, v = features(image, text)
        positive = jnp.sum(u * v, axis=-1)
        over_texts = over_images = positive
        if self.negatives != "intra":
            over_texts, over_images = log_sums(u, v, self.tile)
        if self.negatives != "cross":
            among_images, among_texts = (
                log_row_sums(*features(own, own), self.tile, itself=False) for own in (image, text)
            )
            over_texts = log_sum(jnp.stack([over_texts, among_images]), 0)
            over_images = log_sum(jnp.stack([over_images, among_texts]), 0)
        return jnp.mean(0.5 * (over_texts + over_images) - positive)


OBJECTIVES.register("infonce", InfoNCE)
