"""What is found of a user's encoder: rows, and findings beside chance and baselines."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.results.record import Row
from experiments.user_encoders.cells import Cell
from experiments.user_encoders.image_measures import CHANCE
from experiments.user_encoders.resampling import Column, Estimate, estimates
from experiments.user_encoders.text_measures import TextMeasures
from experiments.vocabulary import metrics, probe, roles
from experiments.vocabulary.probe import NEGATIVE, PARAPHRASE, PROBE, UNRELATED, UNTRAINED
from proofs_check import Verdict

CLAIM = "T17"
"""The statement that says what |dg| and the familiar half show, and what not."""

LEVELS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Quantiles of |dg| that rows hold, for the figure."""

Key = tuple[str, str, str | None]
"""Encoder, metric, and what a caption is compared with."""


@dataclass(frozen=True, eq=False)
class ProbedEncoder:
    """What was measured of an encoder.

    Attributes:
        name: of the encoder.
        role: see `experiments.vocabulary.roles`.
        columns: its numbers, pair by pair.
        text: what it does to captions alone.
    """

    name: str
    role: str
    columns: Sequence[Column]
    text: TextMeasures


@dataclass(frozen=True, eq=False)
class Finder:
    """Turns numbers of pairs into rows and findings.

    Attributes:
        encoders: the user's first, those that it stands beside after it.
        group: of each pair, see `experiments.user_encoders.probed.ProbedPairs`.
        seed: of what resamples.
        retrieval_by_chance: where there are images.
    """

    encoders: Sequence[ProbedEncoder]
    group: np.ndarray
    seed: int
    retrieval_by_chance: Column | None = None

    def found(self, cells: Sequence[Cell]) -> tuple[list[Row], list[Verdict]]:
        """Rows and findings of all cells.

        Args:
            cells: groups of pairs.
        """
        rows, verdicts = [], []
        for number, cell in enumerate(cells):
            estimated = self._estimates(cell, number)
            rows += self._rows(cell, estimated)
            if cell.by in (probe.ALL, probe.BY_OPERATOR):
                rows += self._quantiles(cell)
                verdicts += list(self._verdicts(cell, estimated))
        return rows, verdicts

    def _estimates(self, cell: Cell, number: int) -> dict[Key, Estimate]:
        """All numbers of a cell that have a value there, on the same resamples."""
        keyed = [
            ((one.name, column.metric, column.of), column)
            for one in self.encoders
            for column in one.columns
            # Whether x is found among all captions says nothing of one operator.
            if column.metric != metrics.RETRIEVAL or cell.by == probe.ALL
        ]
        if self.retrieval_by_chance is not None and cell.by == probe.ALL:
            keyed.append(((roles.CHANCE, metrics.RETRIEVAL, None), self.retrieval_by_chance))
        keyed = [(key, column) for key, column in keyed if column.below[cell.chosen].any()]
        rng = np.random.default_rng([self.seed, number])
        found = estimates([column for _, column in keyed], cell.chosen, self.group, rng)
        return {key: one for (key, _), one in zip(keyed, found, strict=True)}

    def _rows(self, cell: Cell, estimated: Mapping[Key, Estimate]) -> Iterator[Row]:
        role_of = {one.name: one.role for one in self.encoders} | {roles.CHANCE: roles.CHANCE}
        for (encoder, metric, of), estimate in estimated.items():
            low, high = estimate.interval or (None, None)
            ends = {"of": of, "low": low, "high": high}
            name = None if encoder == roles.CHANCE else encoder
            yield self._row(cell, metric, estimate.value, role_of[encoder], encoder=name, **ends)
            if metric == metrics.DELTA:
                collapsed = float(math.isnan(estimate.value))
                yield self._row(cell, metrics.COLLAPSED, collapsed, role_of[encoder], encoder=name)
        for metric in dict.fromkeys(metric for _, metric, _ in estimated):
            if metric in CHANCE:
                yield self._row(cell, metric, CHANCE[metric], roles.CHANCE)

    def _row(self, cell: Cell, metric: str, value: float, role: str, **labels: Any) -> Row:
        told = {"role": role, "by": cell.by, **cell.labels, **labels}
        told |= {"pairs": len(cell.chosen), "captions": len(np.unique(self.group[cell.chosen]))}
        told = {name: label for name, label in told.items() if label is not None}
        return Row(PROBE, CLAIM, cell.setting, self.seed, metric, value, told)

    def _quantiles(self, cell: Cell) -> Iterator[Row]:
        """Quantiles of |dg| of the user's encoder."""
        own = self.encoders[0]
        for of, lengths in own.text.lengths(cell.chosen).items():
            if not len(lengths):
                continue
            for level, value in zip(LEVELS, np.quantile(lengths, LEVELS), strict=True):
                labels = {"encoder": own.name, "of": of, "level": level}
                yield self._row(cell, probe.DISPLACEMENT_QUANTILE, float(value), own.role, **labels)

    def _verdicts(self, cell: Cell, found: Mapping[Key, Estimate]) -> Iterator[Verdict]:
        own = self.encoders[0].name
        length = metrics.TEXT_DISPLACEMENT
        differences = {
            probe.above(metrics.DELTA, UNTRAINED): (
                (own, metrics.DELTA, None),
                (UNTRAINED, metrics.DELTA, None),
            ),
            probe.above(metrics.DELTA, probe.BAG): (
                (own, metrics.DELTA, None),
                (probe.BAG, metrics.DELTA, None),
            ),
            f"{length}: {probe.above(UNRELATED, NEGATIVE)}": (
                (own, length, UNRELATED),
                (own, length, NEGATIVE),
            ),
            f"{length}: {probe.above(NEGATIVE, PARAPHRASE)}": (
                (own, length, NEGATIVE),
                (own, length, PARAPHRASE),
            ),
            probe.above(metrics.FAMILIAR_IMAGE, metrics.TEXT_ONLY): (
                (own, metrics.FAMILIAR_IMAGE, None),
                (own, metrics.TEXT_ONLY, None),
            ),
        }
        for metric, (one, other) in differences.items():
            if one in found and other in found:
                yield self._verdict(cell, metric, found[one].less(found[other]), 0.0)
        for (encoder, metric, of), estimate in found.items():
            if encoder == own and of is None and metric in CHANCE:
                yield self._verdict(cell, metric, estimate, CHANCE[metric])

    def _verdict(self, cell: Cell, metric: str, estimate: Estimate, beside: float) -> Verdict:
        return Verdict.of_data(
            claim=CLAIM,
            study=PROBE,
            setting=cell.setting,
            metric=metric if cell.by == probe.ALL else f"{metric}, {cell.name}",
            relation=">",
            predicted=beside,
            measured=estimate.value,
            interval=estimate.interval,
            # One pass measures all; a report of the same files is the same to the bit.
            seconds=math.nan,
            about=f"{cell.name}/{metric}",
        )
