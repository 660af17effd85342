r"""Distances of an image and a caption that is true of it, for pairs of training and novel ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from experiments.probes.composition import HardPairs
from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.scene_images import SceneImages
from proofs_check.quantities.directions import unit


@dataclass(frozen=True)
class PairedDistance:
    r"""Paired distances of hard negatives, as measured and as they are against a blind g.

    All are root mean squares of distances of unit vectors, in [0, 2]. x~ is an image of r(y'), y'
    a hard negative of y; z~ and z are the scenes of y' and y; h(z) is the mean image embedding.
    Where g(y') = g(y), by the triangle inequality in L2

    .. math:: \big| \|f(\tilde x) - g(y')\| - \|h(\tilde z) - h(z)\| \big|
        \le \|f(\tilde x) - h(\tilde z)\| + \|h(z) - g(y)\|

    Attributes:
        measured: of f(x~) and g(y').
        predicted: of h(z~) and h(z).
        tolerance: the right-hand side.
        centroid_gap: the distance of the means of f(x~) and g(y'). It can be 0 by symmetry where
            all pairs are far apart, and is no measure of the paired distance.

    Source: THEORY.md, T14; ours, not the paper's.
    """

    measured: float
    predicted: float
    tolerance: float
    centroid_gap: float

    @classmethod
    def of(cls, pairs: HardPairs, images: SceneImages) -> PairedDistance:
        """Those of some pairs, at least one.

        Args:
            pairs: x, y, y' and x~.
            images: fresh images of every scene.
        """
        said, g = pairs.encoded.table.said, unit(pairs.encoded.text)
        f, centre = unit(pairs.image), images.centre
        novel, familiar = centre[said[pairs.negative]], centre[said[pairs.caption]]
        return cls(
            measured=_root_mean_square(f - g[pairs.negative]),
            predicted=_root_mean_square(novel - familiar),
            tolerance=_root_mean_square(f - novel) + _root_mean_square(familiar - g[pairs.caption]),
            centroid_gap=centroid_gap(f, g[pairs.negative]),
        )


def in_distribution(encoded: EncodedWorld) -> tuple[float, float]:
    """The paired distance, as above, and the centroid gap of the fresh pairs of training."""
    f, g = unit(encoded.image), unit(encoded.text)[encoded.caption]
    return _root_mean_square(f - g), centroid_gap(f, g)


def centroid_gap(image: Float[np.ndarray, "n d"], text: Float[np.ndarray, "n d"]) -> float:
    """The distance of the mean image embedding from the mean text embedding.

    Args:
        image: embeddings of images, one a row.
        text: embeddings of texts, one a row.
    """
    return float(np.linalg.norm(image.mean(axis=0) - text.mean(axis=0)))


def _root_mean_square(difference: Float[np.ndarray, "n d"]) -> float:
    return float(np.sqrt(np.mean(np.sum(difference**2, axis=1))))
