"""Alignment, uniformity, and alignment minus entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from experiments.objectives.neighbours import nearest_neighbours
from experiments.objectives.objective import OBJECTIVES
from experiments.objectives.similarity import score_features
from experiments.objectives.tiles import TILE, log_row_sums
from scm.arguments import require_integer, require_number


def alignment(image: Float[Array, "k d"], text: Float[Array, "k d"]) -> Float[Array, ""]:
    """Mean of |f(x_i) - g(y_i)|^2 over pairs. Source: [wang2020], exponent 2.

    Args:
        image: f(x_i), one a row.
        text: g(y_i), one a row.
    """
    return jnp.mean(jnp.sum((image - text) ** 2, axis=-1))


def uniformity(
    embedding: Float[Array, "k d"], sharpness: float = 2.0, tile: int = TILE
) -> Float[Array, ""]:
    """Log of the mean of exp(-t |u_i - u_j|^2) over pairs i != j. Source: [wang2020].

    Args:
        embedding: one a row, at least two rows.
        sharpness: t.
        tile: how many columns of the distances are held at once, at least 1.
    """
    count = embedding.shape[0]
    temperature = jnp.asarray(1 / sharpness, embedding.dtype)
    features = score_features(embedding, embedding, "squared_distance", temperature)
    rows = log_row_sums(*features, tile, itself=False)
    return jax.nn.logsumexp(rows) - math.log(count * (count - 1))


def entropy(
    embedding: Float[Array, "k d"], neighbour: int = 3, tile: int = TILE
) -> Float[Array, ""]:
    r"""Kozachenko-Leonenko estimate of the differential entropy, in nats.

    .. math:: \hat H = \psi(k) - \psi(m) + \log V_d + \frac dk \sum_i \log \rho_i

    with rho_i the distance from point i to its m-th neighbour and V_d the unit ball's volume. A
    neighbour at distance 0 counts as one at the smallest that has a square, with a gradient of 0.

    Args:
        embedding: k points in R^d, one a row, k above ``neighbour``.
        neighbour: m, at least 1.
        tile: how many columns of the distances are held at once, at least 1.

    Source: [kozachenko1987].
    """
    count, size = embedding.shape
    near = embedding[nearest_neighbours(embedding, neighbour, tile)]
    # The last of them is the furthest; XLA on a CPU sorts all distances to give the last alone.
    furthest = jnp.max(jnp.sum((embedding[:, None] - near) ** 2, axis=-1), axis=1)
    log_distance = 0.5 * jnp.log(jnp.maximum(furthest, jnp.finfo(embedding.dtype).tiny))
    log_ball = 0.5 * size * math.log(math.pi) - math.lgamma(0.5 * size + 1)
    digamma = jax.scipy.special.digamma
    counts = jnp.asarray([count, neighbour], embedding.dtype)
    difference = digamma(counts[0]) - digamma(counts[1])
    return difference + log_ball + size * jnp.mean(log_distance)


@dataclass(frozen=True)
class AlignmentUniformity:
    """alignment + weight * (uniformity of images + uniformity of texts) / 2 [wang2020].

    Attributes:
        weight: at least 0; 0 is alignment alone, which a constant encoder minimises.
        sharpness: t of the uniformity, above 0.
        tile: how many columns of the distances are held at once; bounds memory.

    Raises:
        ArgumentError: if a setting is outside its range.
    """

    weight: float = 1.0
    sharpness: float = 2.0
    tile: int = TILE

    reads_negatives: ClassVar[Literal[False]] = False

    def __post_init__(self) -> None:
        require_number("weight", self.weight, 0.0)
        require_number("sharpness", self.sharpness, 0.0, exclude_low=True)
        require_integer("tile", self.tile, 1)

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        log_temperature: Float[Array, ""],
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings; ``log_temperature`` is not read."""
        del log_temperature
        images, texts = (uniformity(own, self.sharpness, self.tile) for own in (image, text))
        return alignment(image, text) + 0.5 * self.weight * (images + texts)


@dataclass(frozen=True)
class AlignmentMinusEntropy:
    """L_AE = E |f - g|^2 - (H(f) + H(g)) / 2, whose minimum over encoders into (0, 1)^n is 0.

    Use it with encoders into the cube; elsewhere entropy has no upper bound.

    Attributes:
        neighbour: which neighbour the entropy estimate uses, at least 1; see `entropy`.
        alignment_weight: weight of the first term, above 0. The theory takes InfoNCE's limit
            tau -> 0, in which alignment is a constraint; a large weight approaches it.
        tile: how many columns of the distances are held at once; bounds memory.

    Raises:
        ArgumentError: if a setting is outside its range.

    Source: the limit of InfoNCE [wang2020, zimmermann2021] in the form of [vonkugelgen2021].
    """

    neighbour: int = 3
    alignment_weight: float = 1.0
    tile: int = TILE

    reads_negatives: ClassVar[Literal[False]] = False

    def __post_init__(self) -> None:
        require_integer("neighbour", self.neighbour, 1)
        require_number("alignment_weight", self.alignment_weight, 0.0, exclude_low=True)
        require_integer("tile", self.tile, 1)

    def __call__(
        self,
        image: Float[Array, "k d"],
        text: Float[Array, "k d"],
        log_temperature: Float[Array, ""],
    ) -> Float[Array, ""]:
        """The loss of a batch of paired embeddings, in nats; ``log_temperature`` is not read."""
        del log_temperature
        images, texts = (entropy(own, self.neighbour, self.tile) for own in (image, text))
        return self.alignment_weight * alignment(image, text) - 0.5 * (images + texts)


OBJECTIVES.register("alignment_uniformity", AlignmentUniformity)
OBJECTIVES.register("alignment_minus_entropy", AlignmentMinusEntropy)
