"""From the rows of a probing study to its verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import mean_and_interval
from experiments.studies.shared.study import Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.vocabulary import metrics, roles
from proofs_check import Verdict
from proofs_check.comparison import Relation
from proofs_check.verdict import Kind

EXCESS = 0.03
"""How far style or a private block may lie from its ceiling, or above it. R^2 on 4,096 fresh points
has a standard deviation of at most 2 (1 - R^2) sqrt(R^2 / 4096) < 0.013 for one coordinate; 0.03 is
that times 2.4, the 0.05 / 6 quantile of a normal, for six comparisons a setting."""

LOST_TOLERANCE = 0.05
"""How far the R^2 of a lost coordinate may lie from that of its best prediction by the others:
`EXCESS` for each of the two probes compared, rounded down."""

_TITLES = {metrics.R2: "R2", metrics.ACCURACY: "accuracy"}

Pair = tuple[str, str]
"""A predictor and its target, as in the columns of a row."""


@dataclass(frozen=True)
class Judge:
    """Makes the verdicts of one setting, from the rows of the probe that gates.

    Attributes:
        study: the study's name.
        claim: the statement that is judged.
        setting: the setting's name.
        rows: of that setting.
        seconds: what the setting took.
    """

    study: str
    claim: str
    setting: str
    rows: Sequence[Row]
    seconds: float

    @property
    def labels(self) -> dict[str, Any]:
        """The setting's parameters."""
        return self.rows[0].labels

    def __call__(
        self,
        kind: Kind,
        pair: Pair,
        relation: Relation,
        predicted: float,
        tolerance: float = 0.0,
        metric: str = metrics.R2,
        *,
        role: str = roles.MEASURED,
        chosen: bool = False,
    ) -> Verdict:
        """How well the target of a pair is predicted, against a prediction.

        Args:
            kind: of the verdict.
            pair: predictor and target.
            relation: how the score should stand to the prediction.
            predicted: the prediction.
            tolerance: slack of the relation.
            metric: the score.
            role: of the rows: ``measured``, or ``baseline`` of untrained encoders.
            chosen: see `trained_verdict`.
        """
        values = self._values(role, pair, metric)
        title = _TITLES[metric] if role == roles.MEASURED else f"{_TITLES[metric]}, untrained,"
        return self._verdict(
            kind, pair, title, values, relation, predicted, tolerance, role=role, chosen=chosen
        )

    def measures(self, pair: Pair) -> bool:
        """Whether there are rows of how well the target of a pair is predicted."""
        return len(self._values(roles.MEASURED, pair, metrics.R2)) > 0

    def excess(
        self, kind: Kind, pair: Pair, relation: Relation, tolerance: float, ceiling: str
    ) -> Verdict:
        """R^2 of a pair less that of its target's ceiling, seed by seed, against 0.

        Args:
            kind: of the verdict.
            pair: predictor and target.
            relation: how the difference should stand to 0.
            tolerance: slack of the relation.
            ceiling: the predictor of the ceiling.
        """
        ceilings = self._values(roles.CEILING, (ceiling, pair[1]), metrics.R2)
        measured = self._values(roles.MEASURED, pair, metrics.R2_ABOVE_CEILING)
        title = f"R2 above ceiling {mean_and_interval(ceilings)[0]:.3f},"
        return self._verdict(kind, pair, title, measured, relation, 0.0, tolerance)

    def _values(self, role: str, pair: Pair, metric: str) -> list[float]:
        predictor, target = pair
        return values(self.rows, metric=metric, role=role, predictor=predictor, target=target)

    def _verdict(
        self,
        kind: Kind,
        pair: Pair,
        title: str,
        values: Sequence[float],
        relation: Relation,
        predicted: float,
        tolerance: float,
        *,
        role: str = roles.MEASURED,
        chosen: bool = False,
    ) -> Verdict:
        arrow = f"{pair[0]} to {pair[1]}"
        return trained_verdict(
            study=self.study,
            claim=self.claim,
            kind=kind,
            setting=self.setting,
            about=arrow if role == roles.MEASURED else f"untrained {arrow}",
            metric=f"{title} {arrow}",
            values=values,
            relation=relation,
            predicted=predicted,
            tolerance=tolerance,
            seconds=self.seconds,
            chosen=chosen,
        )


def judges(study: Study, rows: Sequence[Row], seconds: dict[str, float]) -> Iterator[Judge]:
    """A judge for each setting that is there, in the order of the rows.

    Args:
        study: whose rows they are; its first claim is judged.
        rows: those of other probes than kernel ridge do not count.
        seconds: what each setting took, by its name.
    """
    for name, here in by_setting(select(rows, probe="kernel")).items():
        yield Judge(study.name, study.claims[0], name, here, seconds.get(name, 0.0))
