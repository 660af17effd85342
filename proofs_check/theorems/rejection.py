"""Encoders that compose and encoders that reject what they never saw, and what they score."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from proofs_check.comparison import Comparison
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.hard_pairs import Cosines, HardPairs
from proofs_check.finite.table_encoder import TableEncoder, sphere_codes
from proofs_check.quantities.hard_negative_scores import accuracy, pair_scores

_TILT = 0.8
"""Height of scenes above the equator. The pole below has the cosine -0.8 with all of them, and they
have at least 2 * 0.8^2 - 1 = 0.28 with each other: it is far from every one."""


class Halves(NamedTuple):
    """How well scores tell captions from hard negatives, with either image and with both.

    Attributes:
        familiar: how often x prefers y to y'.
        novel: how often x~ prefers y' to y.
        text: their mean.
        group: how often both images and both captions prefer their own, strictly.
    """

    familiar: float
    novel: float
    text: float
    group: float

    @classmethod
    def of(cls, scores: Cosines, weight: Float[np.ndarray, " pairs"]) -> Halves:
        """The halves of scores.

        Args:
            scores: of x and x~ with y and y'.
            weight: of each, with sum 1.
        """
        familiar = accuracy(scores[:, 0, 0], scores[:, 0, 1], weight).accuracy
        novel = accuracy(scores[:, 1, 1], scores[:, 1, 0], weight).accuracy
        both = pair_scores(scores, weight)
        return cls(float(familiar), float(novel), float(both.text.accuracy), float(both.group))

    def compare(self, name: str, predicted: Halves) -> list[Comparison]:
        """What constructed encoders score beside what they should, an identity.

        Args:
            name: of the encoders.
            predicted: what they should score.
        """
        pairs = zip(self._fields, predicted, self, strict=True)
        # Weights with sum 1, of at most 10^5 pairs.
        return [
            Comparison(f"{half} of {name}", "~=", wanted, found, 1e-10, identity=True)
            for half, wanted, found in pairs
        ]


COMPOSES = Halves(1.0, 1.0, 1.0, 1.0)
REJECTS = Halves(1.0, 0.0, 0.5, 0.0)


def rejected(
    world: FiniteWorld, negatives: Float[np.ndarray, " captions"]
) -> Bool[np.ndarray, " captions"]:
    """Captions that are negatives and never drawn: those that a rejecting encoder sends away.

    Args:
        world: the world.
        negatives: M nu(y) of each caption of W.
    """
    return ~world.support & (negatives > 0)


def rejecting_labels(
    world: FiniteWorld, away: Bool[np.ndarray, " captions"]
) -> Int[np.ndarray, " captions"]:
    """The scene that each caption says, and one number more for what is sent away.

    Args:
        world: the world.
        away: the captions that are.
    """
    return np.where(away, world.scenes, world.said)


def encoders(
    world: FiniteWorld, away: Bool[np.ndarray, " captions"]
) -> tuple[TableEncoder, TableEncoder]:
    """True-optimal f, and g: h of the scene shown or said, but a code far from all for some.

    Args:
        world: the world.
        away: the captions whose code is far from every scene; none for g* itself.
    """
    codes = np.sqrt(1 - _TILT**2) * sphere_codes(world.scenes)
    codes = np.pad(codes, ((0, 1), (0, 1)))
    codes[:, -1] = _TILT
    codes[-1, -1] = -1.0
    return TableEncoder(codes[world.shown]), TableEncoder(codes[rejecting_labels(world, away)])


def novel_pairs(world: FiniteWorld, away: Bool[np.ndarray, " captions"]) -> HardPairs | None:
    """Hard pairs whose negative is sent away; None where there is none.

    Args:
        world: the world.
        away: the captions that are.
    """
    pairs = HardPairs.of(world)
    chosen = away[pairs.negative]
    return pairs.where(chosen) if chosen.any() else None
