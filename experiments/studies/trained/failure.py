"""T17, T6: encoders that retrieve perfectly and do not compose: where the failure comes from.

Command: ``tokenscm reproduce --only T17``. SWAP with no orbit covered, sixteen nouns. Where images
show faintly where a word stands (salience 0.1), or captions say a scene in either order of mention,
expect retrieval of 1.00 and a loss on its optimum beside a group score below that of chance, 1/6;
at salience 1 the same encoders compose. From the failing point one factor at a time is varied, and
reported as found, beside what T17 predicts of both halves from the law of misalignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from experiments.probes.composition import HardPairs, retrieval
from experiments.probes.encoded_world import FreshPairs
from experiments.probes.predicted_halves import linear_text_score, predicted_halves
from experiments.probes.scene_images import orbits_of_scenes
from experiments.probes.unimodal import told_alone
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import trained_verdict
from experiments.studies.trained.failure_points import (
    COMPOSES,
    DRIFT_FAILS,
    DRIFT_READS,
    FAILS,
    HALF_WAY,
    PARAPHRASE_FAILS,
    PARAPHRASE_MENDED,
    POINTS,
    QUICK,
    READS,
    with_seeds,
)
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import LINEAR
from experiments.vocabulary.negatives import DRAWN, NOVEL
from proofs_check import Verdict
from proofs_check.comparison import Relation
from proofs_check.verdict import Kind
from scm import named_key, scene_config_within
from scm.operators.operator import Operator

HALVES = (metrics.FAMILIAR_IMAGE, metrics.NOVEL_IMAGE)

RETRIEVES = 0.99
"""Least rate of retrieval that is called perfect: chosen."""

COMPOSED = 0.95
"""Least text score that is called composition, nine tenths of the way from ties to 1: chosen."""

MENDED = 0.85
"""Least text score that is called mended, seven tenths of the way: chosen."""

FAILED = 0.65
"""Largest text score that is called a failure, three tenths of the way: chosen."""

CHANCE = 1 / 6
"""Group score of independent scores: of the 24 orders of four, in four both own come first."""

ON_OPTIMUM = 0.02
"""How far a loss may lie above its optimum, in nats, for the failure to be free: chosen, a seventh
of the smallest price above 0 that other studies ask about. It is measured on the same batches as
the optimum, so that it has no sampling error to speak of."""

PREDICTED = 0.1
"""How far a half may lie from what T17 predicts of it by a normal law: chosen. The law leaves out
that misalignment may lie along the displacement that is asked about; untrained encoders, of which
that is so, miss it by 0.15 and more."""

LIMIT = 0.05
"""How far a linear encoder's text score may lie from that of T18's limit: chosen."""

READING = (COMPOSES, READS, PARAPHRASE_MENDED, DRIFT_READS)
FAILING = (FAILS, PARAPHRASE_FAILS, DRIFT_FAILS)
"""Settings in which encoders are claimed to read order, and not to."""

NORMAL = (COMPOSES, HALF_WAY)
"""Settings in which T17 is claimed to predict the halves by a normal law. Where places are fainter,
and more so where orders are drawn or said from either side, misalignment lies along what SWAP
moves, and the law leaves that out: at `FAILS` it misses the novel half by 0.09 to 0.12."""


class FailureStudy(Study):
    """See the module."""

    name = "failure"
    version = 1
    claims = ("T17", "T6", "T18")
    title = "Where do encoders come from that retrieve perfectly and do not compose?"
    headlines = ("T17/salience: 0.1/text score",)

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Every point with five seeds, pixels three; or those that are judged with two."""
        if preset == "full":
            return with_seeds(POINTS, (0, 1, 2, 3, 4))
        return with_seeds(tuple(point for point in POINTS if point.name in QUICK), (0, 1))

    def base(self) -> Setting:
        """The failing point, seed 0."""
        (fails,) = (point for point in POINTS if point.name == FAILS)
        return fails.setting((0,))

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Losses, retrieval, both halves, and what each side tells alone; trained and untrained."""
        linear = setting.parameters["encoder"] == LINEAR
        for seed in seeds:
            (coverage,) = scene_config_within(seed.config.world).coverage
            fresh = FreshPairs.draw(seed.world, [coverage.operator], named_key(seed.key, "pairs"))
            yield from _measure(seed, fresh, coverage.operator, linear=linear)

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """How much better than it composes each encoder retrieves, and what T17 errs by."""
        for here in by_setting(rows).values():
            for role in (roles.MEASURED, roles.BASELINE):
                mine = select(here, role=role)
                retrieved = select(mine, metric=metrics.RETRIEVAL)
                for metric, name in (
                    (metrics.TEXT_SCORE, metrics.RETRIEVAL_ABOVE_TEXT),
                    (metrics.GROUP_SCORE, metrics.RETRIEVAL_ABOVE_GROUP),
                ):
                    composed = select(mine, metric=metric, negative=NOVEL)
                    yield from less(retrieved, composed, metric=name)
            for half in HALVES:
                for negative in (NOVEL, DRAWN):
                    which = {"metric": half, "negative": negative}
                    yield from less(
                        select(here, role=roles.MEASURED, **which),
                        select(here, role=roles.PREDICTED, **which),
                        metric=metrics.halves_error(half),
                    )

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """That the failure appears by itself where it should, and not where it should not."""
        return [
            verdict
            for name, here in by_setting(rows).items()
            for verdict in _Judge(self, name, here, seconds.get(name, 0.0)).verdicts()
        ]


def _measure(
    seed: ProbedSeed, fresh: FreshPairs, operator: Operator, *, linear: bool
) -> Iterator[Measurement]:
    members = orbits_of_scenes(fresh.world, operator)
    for role, encoders in seed.encoders():
        found = partial(Measurement, role=role, seed=seed.seed)
        encoded = fresh.encode(encoders)
        excess = encoded.excess_loss(seed.config.objective, seed.config.batch_size)
        yield found(metrics.EXCESS_LOSS, excess)
        yield found(metrics.RETRIEVAL, retrieval(encoded))
        for metric, value in told_alone(encoded, members, named_key(seed.key, "alone")).items():
            yield found(metric, value)
        pairs = HardPairs.draw(encoded, fresh.table.family, named_key(seed.key, "hard pairs"))
        for negative, chosen in ((NOVEL, pairs.novel), (DRAWN, ~pairs.novel)):
            some = pairs.where(chosen)
            for metric, value in some.measure().items():
                yield found(metric, value, labels={"negative": negative})
            if role == roles.MEASURED and chosen.any():
                predicted = predicted_halves(some)
                if linear:
                    predicted[metrics.TEXT_SCORE] = linear_text_score(some)
                for metric, value in predicted.items():
                    labels = {"negative": negative}
                    yield Measurement(metric, value, roles.PREDICTED, labels, seed.seed)


class _Judge:
    """Verdicts of one setting."""

    def __init__(self, study: Study, setting: str, rows: Sequence[Row], seconds: float) -> None:
        self.study = study
        self.setting = setting
        self.rows = rows
        self.seconds = seconds

    def verdicts(self) -> Iterator[Verdict]:
        """Claims at the points that they speak of, findings at all."""
        if self.setting in READING:
            yield from self._composes()
        elif self.setting in FAILING:
            yield from self._fails()
        if self.setting in (COMPOSES, *FAILING):
            yield from self._free()
        yield from self._findings()

    def _composes(self) -> Iterator[Verdict]:
        """What does not fail, so that the failure is not of the encoders as such."""
        negative = DRAWN if self.setting == READS else NOVEL
        bound = MENDED if self.setting in (PARAPHRASE_MENDED, DRIFT_READS) else COMPOSED
        what = f"text score of {negative} negatives: composes"
        yield self._verdict("control", what, metrics.TEXT_SCORE, ">=", bound, negative=negative)

    def _fails(self) -> Iterator[Verdict]:
        """Perfect retrieval at the optimum, and no composition."""
        for metric, bound in (
            (metrics.RETRIEVAL_ABOVE_TEXT, RETRIEVES - FAILED),
            (metrics.RETRIEVAL_ABOVE_GROUP, RETRIEVES - CHANCE),
        ):
            yield self._verdict("claim", f"{metric}: fails", metric, ">=", bound)

    def _free(self) -> Iterator[Verdict]:
        """Retrieval and loss that are as good whether encoders compose or not."""
        yield self._verdict("claim", metrics.RETRIEVAL, metrics.RETRIEVAL, ">=", RETRIEVES)
        loss = "loss above its optimum on the same batches"
        yield self._verdict("claim", loss, metrics.EXCESS_LOSS, "<=", ON_OPTIMUM, claim="T6")

    def _findings(self) -> Iterator[Verdict]:
        negative = NOVEL if values(self.rows, metric=metrics.TEXT_SCORE, negative=NOVEL) else DRAWN
        for half in HALVES:
            yield self._verdict(
                "claim" if self.setting in NORMAL else "finding",
                f"{half}, {negative} negatives, less what T17 predicts by a normal law",
                metrics.halves_error(half),
                "~=",
                0.0,
                tolerance=PREDICTED,
                negative=negative,
            )
        for metric in (metrics.TOLD_BY_IMAGE, metrics.TOLD_BY_TEXT):
            yield self._verdict("finding", metric, metric, ">=", COMPOSED)
        predicted = select(self.rows, metric=metrics.TEXT_SCORE, role=roles.PREDICTED)
        if predicted:
            what = "text score of linear encoders, T18's limit"
            limit = mean(predicted, negative=NOVEL)
            of = {"claim": "T18", "negative": NOVEL, "tolerance": LIMIT}
            yield self._verdict("finding", what, metrics.TEXT_SCORE, "~=", limit, **of)
        elif self.setting not in READING:
            yield self._verdict(
                "finding",
                "text score: composes",
                metrics.TEXT_SCORE,
                ">=",
                COMPOSED,
                negative=negative,
            )

    def _verdict(
        self,
        kind: Kind,
        what: str,
        metric: str,
        relation: Relation,
        bound: float,
        tolerance: float = 0.0,
        claim: str = "T17",
        **wanted: Any,
    ) -> Verdict:
        return trained_verdict(
            study=self.study.name,
            claim=claim,
            kind=kind,
            setting=self.setting,
            about=metric,
            metric=what,
            values=values(self.rows, metric=metric, role=roles.MEASURED, **wanted),
            relation=relation,
            predicted=bound,
            tolerance=tolerance,
            chosen=True,
            seconds=self.seconds,
        )


STUDIES.register(FailureStudy.name, FailureStudy())
