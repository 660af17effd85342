"""T13, T12: hard negatives in training: what they teach, what carries over, what blindness pays.

Command: ``tokenscm reproduce --only T13``. Expect log(1 + M) / 2 of an encoder that is blind to M
shared hard negatives a caption, however it was trained, and less where images see their own alone.
Where composition is hard, on a fixed set of pairs, what negatives of one operator do for another
is reported as found: a gain only where the interval over seeds of the difference lies above 0 when
it is corrected for all that is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from experiments.results.gains import GAINED, Gain, gains_by, gains_of_training
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import gain_verdict, trained_verdict
from experiments.studies.trained.hard_negative_measures import (
    COUNTS,
    MAX_DEPTH,
    measure_surcharge,
    measure_transfer,
)
from experiments.studies.trained.hard_negative_worlds import (
    FAMILIES,
    OPERATORS,
    Training,
    small_setting,
)
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import AWARE
from experiments.vocabulary.images import PIXELS, VECTORS
from experiments.vocabulary.negatives import ALL, NONE, OWN_ONLY, SHARED
from experiments.vocabulary.operators import SWAP
from experiments.vocabulary.parts import SURCHARGE, TRANSFER, WORDS
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

SMALL: tuple[tuple[str, str, float], ...] = (
    (BLIND, NONE, 0.0),
    (BLIND, NONE, 1.0),
    (BLIND, SHARED, 0.0),
    (BLIND, SHARED, 1.0),
    (BLIND, OWN_ONLY, 0.0),
    (AWARE, SHARED, 0.0),
    (AWARE, SHARED, 1.0),
    (AWARE, OWN_ONLY, 0.0),
)
"""Text encoder, hard negatives of training and coverage of the small worlds."""

SIZES = (256, 2048)


class HardNegativesStudy(Study):
    """See the module."""

    name = "hard_negatives"
    version = 2
    claims = ("T13", "T12")
    title = "What do hard negatives in training teach, and what does blindness pay for them?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Full has a larger set, five seeds, depth 3, M = 3, and one point with pixels."""
        full = preset == "full"
        seeds = (0, 1, 2, 3, 4) if full else (0, 1)
        points = [one for size in (SIZES if full else SIZES[:1]) for one in _trainings(size, full)]
        if full:
            points += [Training(family, images=PIXELS) for family in (NONE, SWAP)]
        small = [small_setting(encoder, rho, seen, seeds) for encoder, seen, rho in SMALL]
        return [*(point.setting(seeds) for point in points), *small]

    def base(self) -> Setting:
        """SWAP negatives on the smaller set, one seed."""
        return Training(SWAP).setting((0,))

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Scores where composition is hard, surcharges in the small worlds."""
        for seed in seeds:
            if setting.parameters["part"] == TRANSFER:
                yield from measure_transfer(seed)
            else:
                yield from measure_surcharge(seed, aware=setting.parameters["encoder"] == AWARE)

    def derive(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Gains over training without hard negatives and per depth, and what blindness is paid."""
        hard = select(rows, part=TRANSFER, role=roles.MEASURED)
        yield from _gains(hard)
        yield from _gains_per_depth(hard)
        small = select(rows, part=SURCHARGE, role=roles.MEASURED, metric=metrics.FRESH_LOSS)
        small = select(small, seen=OWN_ONLY, negatives=OWN_ONLY, M=COUNTS[0])
        blind, aware = (select(small, encoder=encoder) for encoder in (BLIND, AWARE))
        yield from less(blind, aware, metric=metrics.PRICE_PAID)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Claims of T13 on trained encoders; gains by operator and depth as found."""
        small = _Comparisons(self.name, select(rows, part=SURCHARGE), seconds)
        hard = _Comparisons(self.name, select(rows, part=TRANSFER), seconds)
        return [*small.surcharges(), *small.costs(), *hard.gains(), *hard.by_depth()]


def _trainings(size: int, full: bool) -> list[Training]:
    """The transfer matrix, depths, more negatives a caption, and shared ones."""
    matrix = [Training(family, set_size=size) for family in (NONE, *FAMILIES)]
    deeper = [Training(ALL, depth=depth, set_size=size) for depth in ((2, 3) if full else (2,))]
    others = [Training(SWAP, SHARED, set_size=size)]
    if full:
        others.append(Training(ALL, count=3, set_size=size))
        others += [Training(ALL, SHARED, count=M, set_size=size) for M in COUNTS]
    return [*matrix, *deeper, *others]


def _gains(rows: Sequence[Row]) -> Iterator[Row]:
    """Scores with hard negatives less those without, on each operator's."""
    rows = [row for row in rows if row.labels.get("tested") != WORDS]
    for here in by_setting(rows).values():
        labels = here[0].labels
        if labels["family"] == NONE:
            continue
        same = {name: labels[name] for name in ("set_size", "images")}
        without = select(rows, family=NONE, **same)
        for tested in OPERATORS:
            for score in GAINED:
                which = {"metric": score, "tested": tested}
                with_negatives = select(here, **which)
                yield from less(
                    with_negatives, select(without, **which), metric=metrics.gain(score)
                )


def _gains_per_depth(rows: Sequence[Row]) -> Iterator[Row]:
    """Text scores with words of some depth in training less those with words of one less."""
    deep = select(rows, metric=metrics.TEXT_SCORE, tested=WORDS, family=ALL, seen=OWN_ONLY, count=1)
    deep = select(deep, images=VECTORS)
    for here in by_setting(deep).values():
        depth, size = (here[0].labels[name] for name in ("depth", "set_size"))
        before = select(deep, set_size=size, depth=depth - 1)
        for tested in range(1, MAX_DEPTH + 1):
            yield from less(
                select(here, tested_depth=tested),
                select(before, tested_depth=tested),
                metric=metrics.gain_per_depth(metrics.TEXT_SCORE),
            )


class _Comparisons:
    """Verdicts from the rows of one of the study's parts."""

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

    def gains(self) -> Iterator[Verdict]:
        """Of each training, its scores on each operator less those without hard negatives."""
        for (setting, metric, tested), gain in gains_of_training(self.rows).items():
            yield self._gain("T13", setting, f"{metric} on {tested}", gain)

    def by_depth(self) -> Iterator[Verdict]:
        """What one more depth in training adds to the text score, by depth of what is tested."""
        metric = metrics.gain_per_depth(metrics.TEXT_SCORE)
        rows = select(self.rows, metric=metric)
        for (setting, depth), gain in gains_by(rows, "setting", "tested_depth").items():
            yield self._gain("T12", setting, f"{metric}, on depth {depth}", gain)

    def _gain(self, claim: str, setting: str, metric: str, gain: Gain) -> Verdict:
        of = {"claim": claim, "study": self.study, "setting": setting}
        return gain_verdict(gain, metric=metric, seconds=self.seconds.get(setting, 0.0), **of)

    def _verdict(self, *, setting: str, **compared: Any) -> Verdict:
        took = self.seconds.get(setting, 0.0)
        return trained_verdict(study=self.study, setting=setting, seconds=took, **compared)


STUDIES.register(HardNegativesStudy.name, HardNegativesStudy())
