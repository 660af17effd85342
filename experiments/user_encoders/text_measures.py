"""What a text encoder does to hard negatives, without any image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from experiments.user_encoders.directions import Directions
from experiments.user_encoders.probed import NONE, ProbedPairs
from experiments.user_encoders.resampling import Column
from experiments.vocabulary import metrics, probe
from proofs_check.quantities.directions import TIE

UNRELATED = 4
"""Unrelated captions of each pair whose |dg| is taken."""


@dataclass(frozen=True, eq=False)
class TextMeasures:
    r"""Of each pair of y and y', by unit vectors, d = 1 - cos.

    Attributes:
        moved: d(g(y), g(y')).
        apart: the mean of d(g(y), g(y'')) over the captions y'' of its data set that share neither
            caption nor image with it; NaN where there is none.
        paraphrased: d(g(y), g(y+)) of the paraphrase y+; NaN where there is none.
        unrelated: d(g(y), g(y'')) of a few of them; NaN where there is none.

    Source: delta of THEORY.md, Symbols; |dg| of T17. That encoders are asked whether a paraphrase
    or a hard negative is nearer: [kamath2024].
    """

    moved: Float[np.ndarray, " n"]
    apart: Float[np.ndarray, " n"]
    paraphrased: Float[np.ndarray, " n"]
    unrelated: Float[np.ndarray, "n k"]

    @classmethod
    def of(
        cls, pairs: ProbedPairs, directions: Directions, unrelated: Int[np.ndarray, "n k"]
    ) -> TextMeasures:
        """Those of an encoder.

        Args:
            pairs: captions and hard negatives.
            directions: of ``pairs.texts``.
            unrelated: captions that have nothing to do with each pair, see
                `ProbedPairs.unrelated`.
        """
        first = pairs.firsts
        captions = directions.take(pairs.caption[first])
        apart = captions.distance_to_others(pairs.dataset[first], pairs.group[first])
        others = [
            _distance(directions, pairs.caption, others)
            for others in (pairs.positive, *unrelated.T)
        ]
        return cls(
            directions.distance(pairs.caption, pairs.negative),
            apart[pairs.first],
            others[0],
            np.stack(others[1:], axis=1),
        )

    @property
    def nearer(self) -> Float[np.ndarray, " n"]:
        """Whether y' is nearer to y than y+ is; 1/2 where they tie, NaN where there is no y+."""
        closer = self.paraphrased - self.moved
        sign = np.where(np.abs(closer) <= TIE, 0.0, np.sign(closer))
        return 0.5 * (1.0 + sign)

    @property
    def columns(self) -> list[Column]:
        """delta, its collapse, ties, |dg| of each kind, and how often y' is nearer than y+.

        delta = E d(g(y), g(y')) / E d(g(y), g(y'')) is NaN where the captions are on average no
        further apart than a tie: the encoder is ``collapsed``. y and y' tie where their cosine is
        1 to within `TIE`.
        """
        independent = np.isfinite(self.apart)
        moved = np.where(independent, self.moved, 0.0)
        lengths = {
            probe.NEGATIVE: np.sqrt(2.0 * self.moved),
            probe.PARAPHRASE: np.sqrt(2.0 * self.paraphrased),
            probe.UNRELATED: np.sqrt(2.0 * self.unrelated).mean(axis=1),
        }
        return [
            Column(metrics.DELTA, moved, np.nan_to_num(self.apart), floor=TIE * independent.mean()),
            Column.mean(metrics.TIES, (self.moved <= TIE).astype(float)),
            *(Column.mean(metrics.TEXT_DISPLACEMENT, of, name) for name, of in lengths.items()),
            Column.mean(probe.NEARER, self.nearer),
        ]

    def lengths(self, chosen: Int[np.ndarray, " k"]) -> dict[str, Float[np.ndarray, " m"]]:
        """All |dg| of some pairs, by what their captions are compared with; none where none is.

        Args:
            chosen: which pairs.
        """
        found = {
            probe.NEGATIVE: self.moved[chosen],
            probe.PARAPHRASE: self.paraphrased[chosen],
            probe.UNRELATED: self.unrelated[chosen].ravel(),
        }
        return {name: np.sqrt(2.0 * of[np.isfinite(of)]) for name, of in found.items()}


def _distance(
    directions: Directions, captions: Int[np.ndarray, " n"], others: Int[np.ndarray, " n"]
) -> Float[np.ndarray, " n"]:
    """D of captions and others, NaN where there is none."""
    return np.where(others == NONE, np.nan, directions.distance(captions, others))
