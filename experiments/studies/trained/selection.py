"""T6 permits a blind optimum and an aware one: which of them does training pick?

Command: ``tokenscm reproduce --only T6``. From one point, SWAP with no orbit covered, one factor at
a time is varied. Expect every loss on its optimum where pairs are drawn afresh, and a score of
exactly 0.50 from encoders that are blind by architecture. All others are right on the familiar
image; whether they are on the novel one is what is asked, and reported as found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from experiments.encoders import as_text_encoder
from experiments.probes.composition import HardPairs, retrieval
from experiments.probes.encoded_world import FreshPairs
from experiments.results.record import Measurement, Row, by_setting, values
from experiments.results.statistics import mean
from experiments.studies.shared.operator_worlds import K
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.studies.trained.selection_points import POINTS, QUICK, Point
from experiments.training.config import TrainingConfig
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import BAG, SORTED_PHRASES
from experiments.vocabulary.factors import FRESH
from experiments.vocabulary.negatives import DRAWN, NOVEL
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import Pairs, Verdict, accuracy
from proofs_check.comparison import Relation
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.verdict import Kind
from scm import named_key, scene_config_within
from scm.operators.operator import Operator

COMPOSES = 0.95
"""Least rate that is called composition, nine tenths of the way from ties to the true optimum:
chosen."""

ENOUGH_STEPS, ENOUGH_OUTPUTS = 600, 4
"""Where a claim is made about a loss. On a circle, two outputs, fifteen scenes are told apart too,
but training is seldom done with it."""

FINDINGS = {
    metrics.FAMILIAR_IMAGE: "familiar image prefers its caption to the novel one",
    metrics.NOVEL_IMAGE: "novel image prefers its caption to the familiar one (composes)",
    metrics.NOVEL_CAPTION: "novel caption prefers its image to the familiar one (composes)",
}
"""What would be found were the solution the true one. A blind one has 1/2, 1/2 and, where it tells
images apart, 0; one to which unseen captions are wrong has 1, 0 and whatever else."""


class SelectionStudy(Study):
    """See the module."""

    name = "selection"
    version = 1
    claims = ("T6",)
    title = "Where a blind and an aware solution are both optimal, which one is trained?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Every point with five seeds, or both ends of each factor with two."""
        if preset == "full":
            return [point.setting((0, 1, 2, 3, 4)) for point in POINTS]
        return [point.setting((0, 1)) for point in POINTS if point.name in QUICK]

    def base(self) -> Setting:
        """The point from which factors are varied, seed 0."""
        return Point().setting((0,))

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Losses, retrieval and composition of each seed, trained and untrained."""
        del setting
        for seed in seeds:
            operators = _operators(seed.config)
            fresh = FreshPairs.draw(seed.world, operators, named_key(seed.key, "pairs"))
            yield from _measure(seed, fresh)
            yield from _predict(seed, fresh)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """That optima are reached, and that blind encoders tie; the rest are findings."""
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts_of(self, here, seconds.get(name, 0.0))
        ]


def _measure(seed: ProbedSeed, fresh: FreshPairs) -> Iterator[Measurement]:
    """Metrics of fresh pairs, and of those whose hard negative is never drawn, or is."""
    for role, encoders in seed.encoders():
        found = partial(Measurement, role=role, seed=seed.seed)
        encoded = fresh.encode(encoders)
        yield found(metrics.HELD_OUT_LOSS, encoded.loss(seed.config.objective, K))
        yield found(metrics.RETRIEVAL, retrieval(encoded))
        pairs = HardPairs.draw(encoded, fresh.table.family, named_key(seed.key, "hard pairs"))
        for negative, chosen in ((NOVEL, pairs.novel), (DRAWN, ~pairs.novel)):
            for metric, value in pairs.where(chosen).measure().items():
                yield found(metric, value, labels={"negative": negative})


def _predict(seed: ProbedSeed, fresh: FreshPairs) -> Iterator[Measurement]:
    """The training loss; the optimum of what the text encoder sees, the score of ties if blind."""
    found, table = partial(Measurement, seed=seed.seed), fresh.table
    yield found(metrics.TRAINING_LOSS, list(seed.losses.values())[-1])
    label = as_text_encoder(seed.config.text_encoder).sees(fresh.tokens)
    yield found(metrics.HELD_OUT_LOSS, exact_loss(Pairs.of(table, label), K), roles.PREDICTED)
    if np.array_equal(label, table.orbit):
        tied = accuracy(np.zeros(1), np.zeros(1))
        yield found(metrics.TEXT_SCORE, float(tied.accuracy), roles.PREDICTED)
        yield found(metrics.TEXT_TIES, float(tied.ties), roles.PREDICTED)


def _operators(config: TrainingConfig) -> list[Operator]:
    """Those whose orbits are covered or not."""
    return [coverage.operator for coverage in scene_config_within(config.world).coverage]


def _verdicts_of(study: SelectionStudy, rows: Sequence[Row], seconds: float) -> Iterator[Verdict]:
    labels = rows[0].labels

    def verdict(
        kind: Kind, what: str, metric: str, relation: Relation, bound: float | None, **wanted: Any
    ) -> Verdict:
        """Of a metric against a bound or, if None, what is predicted of it."""
        return trained_verdict(
            study=study.name,
            claim=study.claims[0],
            kind=kind,
            setting=rows[0].setting,
            about=metric,
            metric=what,
            values=values(rows, metric=metric, role=roles.MEASURED, **wanted),
            relation=relation,
            predicted=mean(rows, metric=metric, role=roles.PREDICTED) if bound is None else bound,
            tolerance=LOSS_TOLERANCE if metric == metrics.HELD_OUT_LOSS else 0.0,
            chosen=metric == metrics.HELD_OUT_LOSS or bound is not None,
            seconds=seconds,
        )

    if labels["factor"] == "control":
        # Its optimum is that of blind critics, above that of all critics by the price.
        what = "held-out loss of a blind encoder where blindness is not free"
        yield verdict("control", what, metrics.HELD_OUT_LOSS, "~=", None)
        return
    enough = labels["steps"] >= ENOUGH_STEPS and labels["embedding"] >= ENOUGH_OUTPUTS
    if labels["set_size"] == FRESH and enough:
        yield verdict("claim", "held-out loss, on its optimum", metrics.HELD_OUT_LOSS, "~=", None)
    else:
        what = "held-out loss, no more than its optimum"
        yield verdict("finding", what, metrics.HELD_OUT_LOSS, "<=", None)
    if labels["encoder"] in (SORTED_PHRASES, BAG):
        what = "{} of a blind encoder with novel hard negatives"
        for metric in (metrics.TEXT_SCORE, metrics.TEXT_TIES):
            yield verdict("identity", what.format(metric), metric, "~=", None, negative=NOVEL)
    elif labels["rho"] == 1:
        what = "text score where every orbit is covered: no optimum is blind"
        yield verdict("control", what, metrics.TEXT_SCORE, ">=", COMPOSES, negative=DRAWN)
    else:
        for metric, what in FINDINGS.items():
            yield verdict("finding", what, metric, ">=", COMPOSES, negative=NOVEL)


STUDIES.register(SelectionStudy.name, SelectionStudy())
