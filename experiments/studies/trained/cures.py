"""T16: what cures an ordinary encoder that does not compose, and what only cures the benchmark.

Command: ``tokenscm reproduce --only T16``. Where images show faintly where things are, the usual
recipe retrieves everything, has its loss at the optimum, and does not tell the two orders of a pair
of nouns apart. Expect text-only hard negatives to lift the half of the score that benchmarks ask
(the familiar image prefers its caption) to 1 and to take the other half to 0: novel captions are
rejected, whatever the image. Where true pairs of the other order are drawn as well nothing can be
rejected, and where places are salient nothing is. What all other cures do is reported as found,
each with its change against none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.results.gains import gains_by
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import gain_verdict, trained_verdict
from experiments.studies.trained.cures_measures import WITH_NEGATIVES, measure_cure
from experiments.studies.trained.cures_points import ODDS, POINTS, QUICK, share_name
from experiments.vocabulary import cures as kinds
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.negatives import NONE, OWN_ONLY, SHARED
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import Verdict
from proofs_check.comparison import Relation
from proofs_check.verdict import Kind

BENCHMARK, REJECTED = 0.99, 0.05
"""Least familiar half and most novel half that are called rejection: chosen. A rejecting encoder
has 1 and 0; one that composes has 1 and 1, one that tells nothing 1/2 and 1/2."""

RETRIEVED = 0.99
"""Least retrieval of an encoder that reads all words: chosen. Of 480 drawn captions."""

READ = 0.75
"""Least novel half where nothing can be rejected, for the other order is drawn as often, or where
composition is easy, for places are salient: chosen, half way from chance to what composes."""

TILT_TOLERANCE = 0.1
"""How near a score of training with hard negatives comes to what the tilt alone makes of one
without, where the theory's tilt is said to explain it: chosen."""

SCORES = (metrics.FAMILIAR_IMAGE, metrics.NOVEL_IMAGE, metrics.GROUP_SCORE)
"""The benchmark's half, the other half, and both with both images."""

REJECTING = (OWN_ONLY, SHARED)
"""The points that rejection is claimed of; those with more negatives are findings."""


class CuresStudy(Study):
    """See the module."""

    name = "cures"
    version = 1
    claims = ("T16",)
    title = "What makes an encoder compose, and what only lifts its benchmark?"
    headlines = (
        "T16/own-only/gain in novel image, against none",
        "T16/50 % true pairs/gain in group score, against none",
    )

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """All cures with five seeds, or those that claims speak of with two."""
        if preset == "full":
            return [point.setting((0, 1, 2, 3, 4)) for point in POINTS]
        return [point.setting((0, 1)) for point in POINTS if point.name in QUICK]

    def base(self) -> Setting:
        """No cure, seed 0."""
        return POINTS[0].setting((0,))

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Losses, retrieval and scores of each seed, trained and untrained, and predictions."""
        for seed in seeds:
            yield from measure_cure(seed, setting.parameters)

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """What tilts predict where it is measured, changes, and where negatives begin to help."""
        yield from _predicted_by_tilts(rows)
        measured = select(rows, role=roles.MEASURED)
        for here in by_setting(measured).values():
            for against in _compared_with(here[0].labels):
                without = select(measured, setting=against)
                for score in (*SCORES, metrics.HARD_POSITIVE):
                    changes = less(
                        select(here, metric=score),
                        select(without, metric=score),
                        metric=metrics.gain(score),
                    )
                    for row in changes:
                        yield replace(row, labels=row.labels | {"against": against})
        yield from _crossings(measured)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Rejection and retrieval are claimed, reading is the control; all else as found."""
        found = [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _Judge(name, here, seconds.get(name, 0.0)).verdicts()
        ]
        changed = [row for row in rows if row.metric in map(metrics.gain, SCORES)]
        for (setting, metric, against), gain in gains_by(
            changed, "setting", "metric", "against"
        ).items():
            of = {"claim": "T16", "study": self.name, "setting": setting}
            found.append(
                gain_verdict(
                    gain,
                    metric=f"{metric}, against {against}",
                    seconds=seconds.get(setting, 0.0),
                    **of,
                )
            )
        return found


def _compared_with(labels: dict[str, Any]) -> Iterator[str]:
    """The points that a point's changes are against: no cure, and the same without negatives."""
    if labels["kind"] != kinds.NONE:
        yield NONE
    if labels["kind"] == kinds.PAIRS_AND_NEGATIVES:
        yield share_name(labels["share"])


def _predicted_by_tilts(rows: Sequence[Row]) -> Iterator[Row]:
    """At points with true pairs and hard negatives, what was predicted at those without."""
    predicted = select(rows, role=roles.PREDICTED, **WITH_NEGATIVES)
    for here in by_setting(select(rows, kind=kinds.PAIRS_AND_NEGATIVES)).values():
        labels = here[0].labels
        told = ("cure", "kind", "negatives", "count", "run")
        own = {name: labels[name] for name in told if name in labels}
        for row in select(predicted, share=labels["share"]):
            kept = {n: value for n, value in row.labels.items() if n not in WITH_NEGATIVES}
            yield replace(row, setting=here[0].setting, labels=kept | own)


def _crossings(measured: Sequence[Row]) -> Iterator[Row]:
    """Seed by seed, the share from which on negatives raise the group score, where one is asked.

    Straight lines of log odds of the share between the shares that are there.
    """
    scores = select(measured, metric=metrics.GROUP_SCORE)
    for seen in REJECTING:
        with_negatives = select(scores, kind=kinds.PAIRS_AND_NEGATIVES, negatives=seen)
        without = select(scores, kind=kinds.TRUE_PAIRS)
        for seed in sorted({row.seed for row in with_negatives}):
            gained = [
                (share, row)
                for share in ODDS
                for row in less(
                    select(with_negatives, seed=seed, share=share),
                    select(without, seed=seed, share=share),
                )
            ]
            crossing = _last_rise([share for share, _ in gained], [r.value for _, r in gained])
            if crossing is not None:
                tilt = float(np.log((1.0 - crossing) / crossing))
                row = gained[-1][1]
                yield replace(row, metric=metrics.CROSSING, value=crossing)
                yield replace(row, metric=metrics.TILT, value=tilt)


def _last_rise(shares: Sequence[float], differences: Sequence[float]) -> float | None:
    """Where differences rise above 0 for good, between two shares; None where they do not."""
    positive = [difference > 0 for difference in differences]
    if not positive or not positive[-1] or all(positive):
        return None
    before = max(place for place, is_positive in enumerate(positive) if not is_positive)
    odds = np.log(np.asarray(shares) / (1.0 - np.asarray(shares)))
    low, high = differences[before], differences[before + 1]
    at = odds[before] + (odds[before + 1] - odds[before]) * low / (low - high)
    return float(1.0 / (1.0 + np.exp(-at)))


class _Judge:
    """Makes the verdicts of one point."""

    def __init__(self, name: str, rows: Sequence[Row], seconds: float) -> None:
        self.name = name
        self.rows = rows
        self.labels = rows[0].labels
        self.seconds = seconds

    def verdicts(self) -> Iterator[Verdict]:
        """What is claimed of the point, and what is found."""
        kind: Kind = "claim" if self.name in (NONE, *REJECTING) else "finding"
        one_order = not self.labels["share"] and not self.labels["rho"]
        if one_order:
            yield self._verdict(kind, "retrieval", metrics.RETRIEVAL, ">=", RETRIEVED)
        if self.labels["negatives"] == NONE:
            premise: Kind = "claim" if self.name == NONE else "finding"
            what = "held-out loss, on its optimum"
            yield self._verdict(premise, what, metrics.HELD_OUT_LOSS, "~=", None)
            return
        if one_order:
            what = "text-only baseline: the familiar half of a score that reads no image"
            yield self._verdict("identity", what, metrics.TEXT_ONLY, "~=", 1.0)
        if self.labels["kind"] == kinds.REFERENCE:
            what = "novel half where places are salient: rejection is permitted, not forced"
            yield self._verdict("control", what, metrics.NOVEL_IMAGE, ">=", READ)
            return
        if not self.labels["share"]:
            what = "familiar image prefers its caption (the benchmark's half)"
            yield self._verdict(kind, what, metrics.FAMILIAR_IMAGE, ">=", BENCHMARK)
            what = "novel image prefers its caption: rejected"
            yield self._verdict(kind, what, metrics.NOVEL_IMAGE, "<=", REJECTED)
            return
        if self.labels["share"] == max(ODDS):
            what = "novel half where nothing can be rejected: both orders drawn as often"
            yield self._verdict("control", what, metrics.NOVEL_IMAGE, ">=", READ)
        for score in SCORES:
            what = f"{score} with negatives, beside the tilt's effect on training without"
            about = f"{score} by the tilt"
            yield self._verdict("finding", what, score, "~=", None, about=about)

    def _verdict(
        self,
        kind: Kind,
        what: str,
        metric: str,
        relation: Relation,
        bound: float | None,
        *,
        about: str | None = None,
    ) -> Verdict:
        """Of a metric against a bound or, if None, what is predicted of it."""
        predicted = mean(self.rows, metric=metric, role=roles.PREDICTED)
        of_loss = LOSS_TOLERANCE if metric == metrics.HELD_OUT_LOSS else TILT_TOLERANCE
        return trained_verdict(
            study=CuresStudy.name,
            claim="T16",
            kind=kind,
            setting=self.name,
            about=about or metric,
            metric=what,
            values=values(self.rows, metric=metric, role=roles.MEASURED),
            relation=relation,
            predicted=predicted if bound is None else bound,
            tolerance=of_loss if bound is None else 0.0,
            chosen=metric != metrics.TEXT_ONLY,
            seconds=self.seconds,
        )


STUDIES.register(CuresStudy.name, CuresStudy())
