"""T6 permits a blind optimum and an aware one: which of them does training pick?

Command: ``tokenscm reproduce --only T6``. From one point, SWAP with no orbit covered, one factor at
a time is varied. Expect every loss on its optimum where pairs are drawn afresh, and a score of
exactly 0.50 from encoders that are blind by architecture. All others are right on the familiar
image; whether they are on the novel one is what is asked, and reported as found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from experiments.encoders import BagOfWordsConfig, DualEncoder, SortedPhrasesConfig
from experiments.probes.composition import HardPairs, retrieval
from experiments.probes.encoded_world import EncodedWorld
from experiments.results.record import Row, by_setting, values
from experiments.results.statistics import mean
from experiments.studies.shared.operator_worlds import LOSS_TOLERANCE, K
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.studies.shared.verdicts import trained_verdict
from experiments.studies.trained.selection_points import BAG, FRESH, POINTS, QUICK, SORTED, Point
from experiments.training.config import TrainingConfig
from experiments.training.run import FinishedRun
from proofs_check import FiniteWorld, Pairs, Verdict, accuracy
from proofs_check.comparison import Relation
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.verdict import Kind
from scm import named_key, scene_config_within, scenes_within
from scm.operators.operator import Operator

BLIND = (SortedPhrasesConfig, BagOfWordsConfig)
"""What is blind to SWAP of one-word objects by architecture, and to nothing else."""

COMPOSES = 0.95
"""Least rate that is called composition, nine tenths of the way from ties to the true optimum:
chosen."""


ENOUGH_STEPS, ENOUGH_OUTPUTS = 600, 4
"""Where a claim is made about a loss. On a circle, two outputs, fifteen scenes are told apart too,
but training is seldom done with it."""

FINDINGS = {
    "familiar image": "familiar image prefers its caption to the novel one",
    "novel image": "novel image prefers its caption to the familiar one (composes)",
    "novel caption": "novel caption prefers its image to the familiar one (composes)",
}
"""What would be found were the solution the true one. A blind one has 1/2, 1/2 and, where it tells
images apart, 0; one to which unseen captions are wrong has 1, 0 and whatever else."""


class SelectionStudy:
    """See the module."""

    name: str = "selection"
    version: int = 1
    claims: tuple[str, ...] = ("T6",)
    figure: str = "selection"
    title: str = "Where a blind and an aware solution are both optimal, which one is trained?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Every point with five seeds, or both ends of each factor with two."""
        if preset == "full":
            return [point.setting((0, 1, 2, 3, 4)) for point in POINTS]
        return [point.setting((0, 1)) for point in POINTS if point.name in QUICK]

    def base(self) -> Setting:
        """The point from which factors are varied, seed 0."""
        return Point().setting((0,))

    def require(self, setting: Setting) -> None:
        """Any world of covered orbits can be measured."""

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Losses, retrieval and composition of each seed, trained and untrained."""
        rows: list[Row] = []
        config = finished.run.config
        for role, seed, encoders in finished.encoders():
            for metric, value, labels in _measure(config, seed, encoders):
                rows.append(setting.row(self, seed, metric, value, {"role": role} | labels))
        for seed, last in zip(finished.run.seeds, finished.trained.losses[:, -1], strict=True):
            measured = {"role": "measured"}
            rows.append(setting.row(self, seed, "training loss", float(last), measured))
            for metric, value in _predict(config, seed):
                rows.append(setting.row(self, seed, metric, value, {"role": "predicted"}))
        return rows

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """That optima are reached, and that blind encoders tie; the rest are findings."""
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _verdicts_of(self, here, seconds.get(name, 0.0))
        ]


def _measure(
    config: TrainingConfig, seed: int, encoders: DualEncoder
) -> Iterator[tuple[str, float, dict[str, str]]]:
    """Metrics of fresh pairs, and of those whose hard negative is never drawn, or is."""
    key = named_key(jax.random.key(seed), "probe")
    operators = _operators(config)
    world = config.build_world(seed)
    encoded = EncodedWorld.create(world, encoders, operators, named_key(key, "pairs"))
    yield "held-out loss", encoded.loss(config.objective, K), {}
    yield "retrieval", retrieval(encoded), {}
    pairs = HardPairs.draw(encoded, encoded.table.family, named_key(key, "hard pairs"))
    for negative, chosen in (("novel", pairs.novel), ("drawn", ~pairs.novel)):
        found = pairs.where(chosen).measure()
        if found:
            # The image score is the mean of its two halves.
            found["novel caption"] = 2 * found["image score"] - found["image exchange"]
        for metric, value in found.items():
            yield metric, value, {"negative": negative}


def _predict(config: TrainingConfig, seed: int) -> Iterator[tuple[str, float]]:
    """The optimum of what the text encoder sees, and the score of ties where it is blind."""
    world = scenes_within(config.build_world(seed))
    table = FiniteWorld.from_captions(world.caption_table(), _operators(config))
    blind = isinstance(config.text_encoder, BLIND)
    yield "held-out loss", exact_loss(Pairs.of(table, table.orbit if blind else None), K)
    if blind:
        tied = accuracy(np.zeros(1), np.zeros(1))
        yield "text score", float(tied.accuracy)
        yield "text ties", float(tied.ties)


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
            values=values(rows, metric=metric, role="measured", **wanted),
            relation=relation,
            predicted=mean(rows, metric=metric, role="predicted") if bound is None else bound,
            tolerance=LOSS_TOLERANCE if metric == "held-out loss" else 0.0,
            chosen=metric == "held-out loss" or bound is not None,
            seconds=seconds,
        )

    if labels["factor"] == "control":
        # Its optimum is that of blind critics, above that of all critics by the price.
        what = "held-out loss of a blind encoder where blindness is not free"
        yield verdict("control", what, "held-out loss", "~=", None)
        return
    enough = labels["steps"] >= ENOUGH_STEPS and labels["embedding"] >= ENOUGH_OUTPUTS
    if labels["data"] == FRESH and enough:
        yield verdict("claim", "held-out loss, on its optimum", "held-out loss", "~=", None)
    else:
        what = "held-out loss, no more than its optimum"
        yield verdict("finding", what, "held-out loss", "<=", None)
    if labels["encoder"] in (SORTED, BAG):
        what = "{} of a blind encoder with novel hard negatives"
        for metric in ("text score", "text ties"):
            yield verdict("identity", what.format(metric), metric, "~=", None, negative="novel")
    elif labels["rho"] == 1:
        what = "text score where every orbit is covered: no optimum is blind"
        yield verdict("control", what, "text score", ">=", COMPOSES, negative="drawn")
    else:
        for metric, what in FINDINGS.items():
            yield verdict("finding", what, metric, ">=", COMPOSES, negative="novel")


STUDIES.register(SelectionStudy.name, SelectionStudy())
