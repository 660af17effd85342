"""T13, T12: hard negatives in training: what they teach, what carries over, what blindness pays.

Command: ``tokenscm reproduce --only T13``. Expect log(1 + M) / 2 of an encoder that is blind to M
shared hard negatives a caption, however it was trained, and less where images see their own alone.
Where composition is hard, on a fixed set of pairs, what negatives of one operator do for another
is reported as found, by which images and by whether the negative is ever drawn: a gain only where
the interval over seeds of the difference lies above 0 when it is corrected for all that is
compared. How much is left to learn stands beside what blindness costs, for where that is more
nothing is left for hard negatives to teach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from experiments.probes.encoded_world import require_fresh_batch
from experiments.results.gains import GAINED, Gain, gains_by, gains_of_training
from experiments.results.record import Measurement, Row, by_setting, select, values
from experiments.results.statistics import less, mean
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import gain_verdict, trained_verdict
from experiments.studies.trained.hard_negative_measures import (
    COUNTS,
    MAX_DEPTH,
    measure_surcharge,
    measure_transfer,
)
from experiments.studies.trained.hard_negative_surcharges import BLIND, Surcharges
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
from experiments.vocabulary.operators import REPLACE, SWAP
from experiments.vocabulary.parts import MANY_WORDS, SURCHARGE, TRANSFER, WORDS
from proofs_check import Verdict

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

CHEAP = {"world": MANY_WORDS, "set_size": 432}
"""A training in which blindness costs little beside what is left to learn, in small batches."""

BATCHES = (4, 8)
"""Pairs in such a batch."""

FREE = 1e-9
"""A cost of blindness below it, in nats, is rounding of 0: it is a difference of sums of float64,
each below 10 and over fewer than 10^5 terms, so that they round it by 10 * 10^5 * 2^-53 = 1e-10."""


class HardNegativesStudy(Study):
    """See the module."""

    name = "hard_negatives"
    version = 3
    claims = ("T13", "T12")
    title = "What do hard negatives in training teach, and what does blindness pay for them?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Full has more sets and batches, five seeds, depth 3, M = 3, and one point with pixels."""
        full = preset == "full"
        seeds = (0, 1, 2, 3, 4) if full else (0, 1)
        families = (NONE, *FAMILIES) if full else (NONE, REPLACE)
        points = [
            Training(family, batch=batch, **CHEAP)
            for batch in (BATCHES if full else BATCHES[:1])
            for family in families
        ]
        points += [one for size in (SIZES if full else SIZES[:1]) for one in _trainings(size, full)]
        if full:
            points += [Training(family, images=PIXELS) for family in (NONE, SWAP)]
        small = [small_setting(encoder, rho, seen, seeds) for encoder, seen, rho in SMALL]
        return [*(point.setting(seeds) for point in points), *small]

    def base(self) -> Setting:
        """SWAP negatives on the smaller set, one seed."""
        return Training(SWAP).setting((0,))

    def require(self, setting: Setting) -> None:
        """Losses are measured on fresh batches of the same size.

        Raises:
            ArgumentError: if a batch has more pairs than are drawn afresh.
        """
        require_fresh_batch(setting.trained.config.batch_size)

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Scores where composition is hard, surcharges in the small worlds."""
        labels = setting.parameters
        deep = "T12" in (setting.claims or self.claims)
        for seed in seeds:
            if labels["part"] == TRANSFER:
                yield from measure_transfer(seed, deep=deep)
            else:
                yield from measure_surcharge(seed, aware=labels["encoder"] == AWARE)

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
        """Claims of T13 on trained encoders; what is left to learn, and gains, as found."""
        small = Surcharges(self.name, select(rows, part=SURCHARGE), seconds)
        hard = _Findings(self.name, select(rows, part=TRANSFER), seconds)
        return [*small.surcharges(), *small.costs(), *hard.left(), *hard.gains(), *hard.by_depth()]


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
        same = {name: labels[name] for name in ("set_size", "batch", "world", "images")}
        without = select(rows, family=NONE, **same)
        for tested in OPERATORS:
            for score, negative in GAINED:
                which = {"metric": score, "tested": tested, "negative": negative}
                with_negatives = select(here, **which)
                yield from less(
                    with_negatives, select(without, **which), metric=metrics.gain(score)
                )


def _gains_per_depth(rows: Sequence[Row]) -> Iterator[Row]:
    """Text scores with words of some depth in training less those with words of one less."""
    deep = select(rows, metric=metrics.TEXT_SCORE, negative=ALL, tested=WORDS)
    deep = select(deep, family=ALL, seen=OWN_ONLY, count=1, images=VECTORS)
    for here in by_setting(deep).values():
        depth, size = (here[0].labels[name] for name in ("depth", "set_size"))
        before = select(deep, set_size=size, depth=depth - 1)
        for tested in range(1, MAX_DEPTH + 1):
            yield from less(
                select(here, tested_depth=tested),
                select(before, tested_depth=tested),
                metric=metrics.gain_per_depth(metrics.TEXT_SCORE),
            )


class _Findings:
    """What is found where composition is hard."""

    def __init__(self, study: str, rows: Sequence[Row], seconds: dict[str, float]) -> None:
        self.study = study
        self.rows = rows
        self.seconds = seconds

    def left(self) -> Iterator[Verdict]:
        """Whether training without hard negatives leaves more than blindness would cost."""
        for setting, here in by_setting(select(self.rows, family=NONE)).items():
            for tested in OPERATORS:
                cost = mean(here, metric=metrics.COST_OF_BLINDNESS, tested=tested)
                if cost <= FREE:
                    continue  # Whatever is left is more.
                yield trained_verdict(
                    study=self.study,
                    claim="T13",
                    kind="finding",
                    setting=setting,
                    metric=f"{metrics.EXCESS_LOSS} against the cost of blindness to {tested}",
                    values=values(here, metric=metrics.EXCESS_LOSS, role=roles.MEASURED),
                    relation=">",
                    predicted=cost,
                    seconds=self.seconds.get(setting, 0.0),
                )

    def gains(self) -> Iterator[Verdict]:
        """Of each training, its scores on each operator less those without hard negatives."""
        for (setting, metric, tested, negative), gain in gains_of_training(self.rows).items():
            of = "" if negative == ALL else f", {negative} negatives"
            yield self._gain("T13", setting, f"{metric} on {tested}{of}", gain)

    def by_depth(self) -> Iterator[Verdict]:
        """What one more depth in training adds to the text score, by depth of what is tested."""
        metric = metrics.gain_per_depth(metrics.TEXT_SCORE)
        rows = select(self.rows, metric=metric)
        for (setting, depth), gain in gains_by(rows, "setting", "tested_depth").items():
            yield self._gain("T12", setting, f"{metric}, on depth {depth}", gain)

    def _gain(self, claim: str, setting: str, metric: str, gain: Gain) -> Verdict:
        of: dict[str, Any] = {"claim": claim, "study": self.study, "setting": setting}
        return gain_verdict(gain, metric=metric, seconds=self.seconds.get(setting, 0.0), **of)


STUDIES.register(HardNegativesStudy.name, HardNegativesStudy())
