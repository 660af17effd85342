"""What a text and an image encoder make of hard negatives together, and of captions alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from experiments.user_encoders.directions import Directions
from experiments.user_encoders.probed import NONE, ProbedPairs
from experiments.user_encoders.resampling import Column
from experiments.vocabulary import metrics, probe
from proofs_check.quantities.directions import TIE, unit
from proofs_check.quantities.displacements import Displacements

CHUNK = 256
"""Images whose cosines with all captions are taken at a time."""

CHANCE = {
    metrics.FAMILIAR_IMAGE: 1 / 2,
    metrics.NOVEL_IMAGE: 1 / 2,
    metrics.TEXT_SCORE: 1 / 2,
    metrics.IMAGE_SCORE: 1 / 2,
    metrics.TEXT_ONLY: 1 / 2,
    metrics.GROUP_SCORE: 1 / 6,
    probe.BOTH_CAPTIONS: 1 / 4,
    probe.BOTH_IMAGES: 1 / 4,
    probe.NEARER: 1 / 2,
}
"""What independent random scores would give."""


@dataclass(frozen=True, eq=False)
class ImageMeasures:
    """Of each pair with its images, by cosines.

    Attributes:
        pairs: all of them with an image.
        text: directions of ``pairs.texts``.
        image: directions of ``pairs.images``.
    """

    pairs: ProbedPairs
    text: Float[np.ndarray, "texts d"]
    image: Float[np.ndarray, "images d"]

    @property
    def two_sided(self) -> Bool[np.ndarray, " n"]:
        """Whether y' has an image."""
        return self.pairs.negative_image != NONE

    @property
    def cosines(self) -> Float[np.ndarray, "n 2 2"]:
        """Of x and x~ with y and y'; NaN of x~ where there is none."""
        images = np.stack([self.image[self.pairs.image], self.image[self.pairs.negative_image]], 1)
        texts = np.stack([self.text[self.pairs.caption], self.text[self.pairs.negative]], 1)
        found = np.einsum("nad,nbd->nab", images, texts)
        found[~self.two_sided, 1] = np.nan
        return found

    @property
    def columns(self) -> list[Column]:
        """Both halves, the scores that are made of them, T17's lengths, and what captions tell.

        The familiar half is how often x prefers y to y', the novel one how often x~ prefers y' to
        y, the text score their mean; the image score is how often y prefers x to x~ and y' x~ to
        x. Ties count one half, but in the group score and the two that Winoground calls text and
        image score, which are strict. What has no x~ has the familiar half alone. ``text only`` is
        the familiar half of a score that does not look: the cosine of a caption with the mean
        direction of the other images of its data set. ``hard positive`` is how often x prefers a
        paraphrase y+ to y'; ``retrieval``, how often x is nearest to a caption of its own group.

        Source: [thrush2022], [kamath2024] and THEORY.md, T17.
        """
        cosines = self.cosines
        familiar, novel = (cosines[:, a, a] - cosines[:, a, 1 - a] for a in (0, 1))
        exchanged, restored = (cosines[:, a, a] - cosines[:, 1 - a, a] for a in (0, 1))
        captions = np.minimum(familiar, novel)
        images = np.minimum(exchanged, restored)
        scores = {
            metrics.FAMILIAR_IMAGE: _preferred(familiar),
            metrics.TEXT_TIES: _where_finite(np.abs(familiar) <= TIE, familiar),
            metrics.NOVEL_IMAGE: _preferred(novel),
            metrics.TEXT_SCORE: 0.5 * (_preferred(familiar) + _preferred(novel)),
            metrics.IMAGE_SCORE: 0.5 * (_preferred(exchanged) + _preferred(restored)),
            probe.BOTH_CAPTIONS: _where_finite(captions > TIE, captions),
            probe.BOTH_IMAGES: _where_finite(images > TIE, images),
            metrics.GROUP_SCORE: _where_finite(np.minimum(captions, images) > TIE, captions),
            metrics.TEXT_ONLY: self._text_only(),
            metrics.HARD_POSITIVE: self._hard_positive(),
            metrics.RETRIEVAL: self._retrieved[0],
        }
        found = [Column.mean(name, values) for name, values in scores.items()]
        return found + [Column.mean(name, values) for name, values in self._displaced().items()]

    @property
    def retrieval_by_chance(self) -> Column:
        """What ``retrieval`` would be of a caption drawn from all."""
        return Column.mean(metrics.RETRIEVAL, self._retrieved[1])

    def _hard_positive(self) -> Float[np.ndarray, " n"]:
        image = self.image[self.pairs.image]
        right, wrong = (
            np.einsum("nd,nd->n", self.text[texts], image)
            for texts in (self.pairs.positive, self.pairs.negative)
        )
        return np.where(self.pairs.positive == NONE, np.nan, _preferred(right - wrong))

    def _displaced(self) -> dict[str, Float[np.ndarray, " n"]]:
        """|df|, |e| and cos(df, dg) of T17."""
        of = Displacements.of(
            self.image[self.pairs.image],
            self.text[self.pairs.caption],
            self.text[self.pairs.negative],
            self.image[self.pairs.negative_image],
        )
        _, images, misalignment = of.sizes
        same_way = np.sum(unit(of.text) * unit(of.image), axis=1)
        return {
            metrics.IMAGE_DISPLACEMENT: np.where(self.two_sided, images, np.nan),
            metrics.MISALIGNMENT: misalignment,
            metrics.DISPLACEMENT_COSINE: np.where(self.two_sided, same_way, np.nan),
        }

    def _text_only(self) -> Float[np.ndarray, " n"]:
        first, place = self._first_of_images()
        dataset, group = self.pairs.dataset[first], self.pairs.group[first]
        images = Directions(self.image[self.pairs.image[first]])
        means, others = images.mean_of_others(dataset, group)
        towards = unit(means)[place]
        right, wrong = (
            np.einsum("nd,nd->n", self.text[texts], towards)
            for texts in (self.pairs.caption, self.pairs.negative)
        )
        return np.where(others[place] > 0, _preferred(right - wrong), np.nan)

    def _first_of_images(self) -> tuple[Int[np.ndarray, " m"], Int[np.ndarray, " n"]]:
        """The first pair of each image of each data set, and for each pair the place of that."""
        keys = np.stack([self.pairs.dataset, self.pairs.group, self.pairs.image], axis=1)
        _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return first, place

    @cached_property
    def _retrieved(self) -> Float[np.ndarray, "2 n"]:
        """Whether x is nearest to a caption of its group, of all captions of its data set.

        Captions that tie for the first place share it. Below it, what share of the captions is of
        the group. NaN but for the first pair of each image.
        """
        pairs = self.pairs
        found = np.full((2, len(pairs.pairs)), np.nan)
        images, _ = self._first_of_images()
        for number in range(len(pairs.datasets)):
            captions = pairs.firsts[pairs.dataset[pairs.firsts] == number]
            rows = images[pairs.dataset[images] == number]
            for start in range(0, len(rows), CHUNK):
                some = rows[start : start + CHUNK]
                cosines = self.image[pairs.image[some]] @ self.text[pairs.caption[captions]].T
                nearest = cosines >= cosines.max(axis=1, keepdims=True) - TIE
                own = pairs.group[captions][None] == pairs.group[some][:, None]
                found[0, some] = (nearest & own).sum(axis=1) / nearest.sum(axis=1)
                found[1, some] = own.mean(axis=1)
        return found


def _preferred(margin: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """1 where a margin is above 0, 1/2 where it ties; NaN stays."""
    sign = np.where(np.abs(margin) <= TIE, 0.0, np.sign(margin))
    return 0.5 * (1.0 + sign)


def _where_finite(
    holds: Bool[np.ndarray, " n"], margin: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """Whether it holds, NaN where there is no margin."""
    return np.where(np.isfinite(margin), holds.astype(float), np.nan)
