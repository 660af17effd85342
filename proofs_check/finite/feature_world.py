"""Finite worlds whose images and captions are given as vectors of features, for linear encoders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from proofs_check.comparison import Comparison
from proofs_check.finite.finite_world import FiniteWorld
from scm.arguments import require

_ROUNDING = 1e-13
"""Of a mean of up to some hundred features, over the largest of them."""


@dataclass(frozen=True, eq=False)
class FeatureWorld:
    """A finite world with features of all images and captions, drawn or not.

    Attributes:
        world: the world.
        images: of each image.
        captions: of each caption of W.
        closed_forms: what is known of the world besides, and what is measured of it.

    Raises:
        ArgumentError: if there is not one row for each image and each caption.
    """

    world: FiniteWorld
    images: Float[np.ndarray, "images p"]
    captions: Float[np.ndarray, "captions q"]
    closed_forms: Callable[[FeatureWorld], Sequence[Comparison]] = lambda _: ()

    def __post_init__(self) -> None:
        for name, rows, count in (
            ("images", self.images, self.world.images),
            ("captions", self.captions, self.world.captions),
        ):
            require(len(rows) == count, name, f"{count} rows of features", len(rows))

    @cached_property
    def image_law(self) -> Float[np.ndarray, " images"]:
        """How often each image is drawn."""
        return np.bincount(self.world.image, self.world.probability, self.world.images)

    @cached_property
    def caption_law(self) -> Float[np.ndarray, " captions"]:
        """How often each caption is drawn."""
        return np.bincount(self.world.caption, self.world.probability, self.world.captions)

    @cached_property
    def centred_images(self) -> Float[np.ndarray, "images p"]:
        """Features of images less their mean over what is drawn."""
        return _centred(self.images, self.image_law)

    @cached_property
    def centred_captions(self) -> Float[np.ndarray, "captions q"]:
        """Features of captions less their mean over what is drawn."""
        return _centred(self.captions, self.caption_law)

    @cached_property
    def joint(self) -> Float[np.ndarray, "images captions"]:
        """How often each image is drawn with each caption."""
        law = np.zeros((self.world.images, self.world.captions))
        np.add.at(law, (self.world.image, self.world.caption), self.world.probability)
        return law


def _centred(
    features: Float[np.ndarray, "n p"], law: Float[np.ndarray, " n"]
) -> Float[np.ndarray, "n p"]:
    """Features less their mean, exactly 0 where that is rounding: what is constant has no range."""
    centred = features - law @ features
    return np.where(np.abs(centred) <= _ROUNDING * np.abs(features).max(), 0.0, centred)
