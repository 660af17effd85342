"""Verdicts on what hard negatives add to a loss, and on what blindness to them costs (T13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import mean
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.shared.verdicts import trained_verdict
from experiments.studies.trained.hard_negative_measures import COUNTS
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.negatives import NONE, OWN_ONLY, SHARED
from experiments.vocabulary.operators import SWAP
from experiments.vocabulary.tolerances import LOSS_TOLERANCE
from proofs_check import Verdict

ROUNDING = 1e-4
"""How far float32 moves the difference of two losses that are equal in theory. A score is at most
1 / tau, about 100 at the temperatures trained. In each loss an embedding, a score and a logarithm
of a sum round it, each by 2^-24 of its size: 2 * 3 * 100 * 2^-24 = 4e-5, doubled."""

OPTIMUM = LOSS_TOLERANCE
"""How far above its optimum, in nats, a loss trained on fresh draws may lie; hard negatives add no
more than log(1 + M) / 2 to the loss of a pair."""

SAMPLING = 0.01
"""Sampling error of a surcharge from 8,192 fresh pairs: a pair's is at most log(4) / 2, so the
standard deviation of the mean is at most 0.35 / sqrt(8192) = 0.004; times 2.6."""

OWN = {M: OPTIMUM * M / (1 + M) + SAMPLING for M in COUNTS}
"""How far below the prediction the own-only surcharge of a blind encoder may lie. It is the mean of
log(1 + M e^-l) / 2, l an image's loss, which falls by at most M / (1 + M) / 2 per nat of l. As the
classes of a blind encoder tie, l is at least log(1 + D) in every batch; its mean is above that by
at most 2 `OPTIMUM`, which the other half of the loss cannot make up for."""

COST = OPTIMUM + SAMPLING
"""Tolerance of the difference of two losses, each at most `OPTIMUM` above its optimum."""

BLIND = OPERATOR_WORLDS[SWAP].blind


class Surcharges:
    """Verdicts on the rows of the small worlds.

    Attributes:
        study: its name.
        rows: of the part.
        seconds: what each setting took, by its name.
    """

    def __init__(self, study: str, rows: Sequence[Row], seconds: dict[str, float]) -> None:
        self.study = study
        self.rows = rows
        self.seconds = seconds

    def surcharges(self) -> Iterator[Verdict]:
        """Fresh losses near their optimum, and what hard negatives add to them."""
        for setting, here in by_setting(self.rows).items():
            labels = here[0].labels
            encoder, seen = labels["encoder"], labels["seen"]
            trained_on = {"negatives": seen, "M": 0 if seen == NONE else COUNTS[0]}
            learned = {"kind": "claim", "chosen": True}
            yield self._against(
                setting, here, metrics.FRESH_LOSS, trained_on, tolerance=OPTIMUM, **learned
            )
            for M in COUNTS:
                shared, own = ({"negatives": seen, "M": M} for seen in (SHARED, OWN_ONLY))
                if encoder == BLIND:
                    # Whatever the encoder has learned: it adds M terms like the one it has.
                    yield self._against(
                        setting,
                        here,
                        metrics.SURCHARGE,
                        shared,
                        kind="identity",
                        tolerance=ROUNDING,
                    )
                    if seen == NONE:
                        yield self._against(
                            setting, here, metrics.SURCHARGE, own, tolerance=OWN[M], **learned
                        )
            if encoder == AWARE and seen == SHARED:
                yield self._nearer_to_the_optimum(setting, here)

    def _against(
        self,
        setting: str,
        here: Sequence[Row],
        metric: str,
        which: dict[str, Any],
        **judged: Any,
    ) -> Verdict:
        rows = select(here, metric=metric, **which)
        return self._verdict(
            claim="T13",
            setting=setting,
            metric=f"{metric}, {which['negatives']}, M = {which['M']}",
            values=values(rows, role=roles.MEASURED),
            relation="~=",
            predicted=mean(rows, role=roles.PREDICTED),
            **judged,
        )

    def _nearer_to_the_optimum(self, setting: str, here: Sequence[Row]) -> Verdict:
        """An encoder that is not blind pays less than half way from the optimum to the blind."""
        which = {"metric": metrics.SURCHARGE, "negatives": SHARED, "M": COUNTS[0]}
        optimum = mean(here, role=roles.PREDICTED, **which)
        same = {"encoder": BLIND, "rho": here[0].labels["rho"]}
        blind = mean(self.rows, role=roles.PREDICTED, **which, **same)
        return self._verdict(
            claim="T13",
            kind="control",
            setting=setting,
            metric=f"surcharge, shared, M = {COUNTS[0]}, of no blind encoder",
            values=values(here, role=roles.MEASURED, **which),
            relation="<=",
            predicted=0.5 * (optimum + blind),
            chosen=True,
        )

    def costs(self) -> Iterator[Verdict]:
        """What blindness costs after own-only training: losses of the blind less the aware's."""
        for setting, here in by_setting(select(self.rows, metric=metrics.PRICE_PAID)).items():
            which = {"seen": OWN_ONLY, "negatives": OWN_ONLY, "M": COUNTS[0]}
            yield self._verdict(
                claim="T13",
                kind="claim",
                setting=setting,
                metric=f"cost of blindness, own-only, M = {COUNTS[0]}",
                values=values(here),
                relation="~=",
                predicted=mean(self.rows, metric=metrics.COST_OF_BLINDNESS, **which),
                tolerance=COST,
                chosen=True,
            )

    def _verdict(self, *, setting: str, **compared: Any) -> Verdict:
        took = self.seconds.get(setting, 0.0)
        return trained_verdict(study=self.study, setting=setting, seconds=took, **compared)
