"""T13, T12: hard negatives in training: what they teach, what carries over, what blindness pays.

Command: ``tokenscm reproduce --only T13``. Expect log(1 + M) / 2 of an encoder that is blind to M
shared hard negatives a caption, however it was trained, and less where images see their own alone.
Where composition is hard, on a fixed set of pairs, what negatives of one operator do for another
is reported as found: a gain only where the 95 % interval over seeds of the difference excludes 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from experiments.rows import Row, by_setting, differences, mean, mean_and_interval, select, values
from experiments.run import FinishedRun
from experiments.studies.hard_negative_rows import (
    COUNTS,
    MAX_DEPTH,
    surcharge_rows,
    transfer_rows,
)
from experiments.studies.hard_negative_worlds import (
    ALL,
    FAMILIES,
    NONE,
    OPERATORS,
    Seen,
    Training,
    small_setting,
)
from experiments.studies.judge import trained_verdict
from experiments.studies.operator_worlds import AWARE, OPERATOR_WORLDS
from experiments.studies.study import STUDIES, Preset, Setting
from proofs_check import Verdict

ROUNDING = 1e-4
"""How far float32 moves the difference of two losses that are equal in theory. A score is at most
1 / tau, about 100 at the temperatures trained. In each loss an embedding, a score and a logarithm
of a sum round it, each by 2^-24 of its size: 2 * 3 * 100 * 2^-24 = 4e-5, doubled."""

OPTIMUM = 0.06
"""How far above its optimum, in nats, a loss trained on fresh draws may lie."""

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

SCORES = ("text score", "novel image", "group score")
"""What gains are judged of."""

BLIND = OPERATOR_WORLDS["SWAP"].blind

SMALL: tuple[tuple[str, Seen | Literal["none"], float], ...] = (
    (BLIND, NONE, 0.0),
    (BLIND, NONE, 1.0),
    (BLIND, "shared", 0.0),
    (BLIND, "shared", 1.0),
    (BLIND, "own-only", 0.0),
    (AWARE, "shared", 0.0),
    (AWARE, "shared", 1.0),
    (AWARE, "own-only", 0.0),
)
"""Text encoder, hard negatives of training and coverage of the small worlds."""

SIZES = (256, 2048)


class HardNegativesStudy:
    """See the module."""

    name: str = "hard_negatives"
    version: int = 1
    claims: tuple[str, ...] = ("T13", "T12")
    figure: str = "hard_negatives"
    title: str = "What do hard negatives in training teach, and what does blindness pay for them?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """Full has a larger set, five seeds, depth 3, M = 3, and one point with pixels."""
        full = preset == "full"
        seeds = (0, 1, 2, 3, 4) if full else (0, 1)
        points = [one for size in (SIZES if full else SIZES[:1]) for one in _trainings(size, full)]
        if full:
            points += [Training(family, images="pixels") for family in (NONE, "SWAP")]
        small = [small_setting(encoder, rho, seen, seeds) for encoder, seen, rho in SMALL]
        return [*(point.setting(seeds) for point in points), *small]

    def base(self) -> Setting:
        """SWAP negatives on the smaller set, one seed."""
        return Training("SWAP").setting((0,))

    def require(self, setting: Setting) -> None:
        """Any world of scenes can be measured."""

    def rows(self, setting: Setting, finished: FinishedRun) -> list[Row]:
        """Scores where composition is hard, surcharges in the small worlds."""
        measure = transfer_rows if setting.parameters["part"] == "transfer" else surcharge_rows
        return list(measure(self, setting, finished))

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """Claims of T13 on trained encoders; gains by operator and depth as found."""
        rows = select(rows, study=self.name)
        small = _Comparisons(self.name, select(rows, part="surcharge"), seconds)
        hard = _Comparisons(self.name, select(rows, part="transfer"), seconds)
        return [*small.surcharges(), *small.costs(), *hard.gains(), *hard.by_depth()]


def _trainings(size: int, full: bool) -> list[Training]:
    """The transfer matrix, depths, more negatives a caption, and shared ones."""
    matrix = [Training(family, set_size=size) for family in (NONE, *FAMILIES)]
    deeper = [Training(ALL, depth=depth, set_size=size) for depth in ((2, 3) if full else (2,))]
    others = [Training("SWAP", "shared", set_size=size)]
    if full:
        others.append(Training(ALL, count=3, set_size=size))
        others += [Training(ALL, "shared", count=M, set_size=size) for M in COUNTS]
    return [*matrix, *deeper, *others]


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
            yield self._against(setting, here, "fresh loss", trained_on, OPTIMUM)
            for M in COUNTS:
                shared = {"negatives": "shared", "M": M}
                if encoder == BLIND:
                    yield self._against(setting, here, "surcharge", shared, ROUNDING)
                    if seen == NONE:
                        own = {"negatives": "own-only", "M": M}
                        yield self._against(setting, here, "surcharge", own, OWN[M])
            if encoder == AWARE and seen == "shared":
                yield self._nearer_to_the_optimum(setting, here)

    def _against(
        self,
        setting: str,
        here: Sequence[Row],
        metric: str,
        which: dict[str, Any],
        tolerance: float,
    ) -> Verdict:
        rows = select(here, metric=metric, **which)
        return self._verdict(
            claim="T13",
            kind="claim",
            setting=setting,
            metric=f"{metric}, {which['negatives']}, M = {which['M']}",
            values=values(rows, role="measured"),
            relation="~=",
            predicted=mean(rows, role="predicted"),
            tolerance=tolerance,
        )

    def _nearer_to_the_optimum(self, setting: str, here: Sequence[Row]) -> Verdict:
        """An encoder that is not blind pays less than half way from the optimum to the blind."""
        which = {"metric": "surcharge", "negatives": "shared", "M": COUNTS[0]}
        optimum = mean(here, role="predicted", **which)
        same = {"encoder": BLIND, "rho": here[0].labels["rho"]}
        blind = mean(self.rows, role="predicted", **which, **same)
        return self._verdict(
            claim="T13",
            kind="control",
            setting=setting,
            metric=f"surcharge, shared, M = {COUNTS[0]}, of no blind encoder",
            values=values(here, role="measured", **which),
            relation="<=",
            predicted=0.5 * (optimum + blind),
        )

    def costs(self) -> Iterator[Verdict]:
        """What blindness costs after own-only training: losses of the blind less the aware's."""
        which = {"negatives": "own-only", "M": COUNTS[0]}
        here = select(self.rows, seen="own-only", **which)
        losses = select(here, metric="fresh loss", role="measured")
        blind, aware = (select(losses, encoder=encoder) for encoder in (BLIND, AWARE))
        if not blind or not aware:
            return
        yield self._verdict(
            claim="T13",
            kind="claim",
            setting=blind[0].setting,
            metric=f"cost of blindness, own-only, M = {COUNTS[0]}",
            values=differences(blind, aware),
            relation="~=",
            predicted=mean(here, metric="cost of blindness"),
            tolerance=COST,
        )

    def gains(self) -> Iterator[Verdict]:
        """Of each training, its scores on each operator less those without hard negatives."""
        for setting, here in by_setting(self.rows).items():
            labels = here[0].labels
            if labels["family"] == NONE:
                continue
            same = {name: labels[name] for name in ("set_size", "images")}
            without = select(self.rows, family=NONE, role="measured", **same)
            for tested in OPERATORS:
                for metric in SCORES:
                    which = {"metric": metric, "tested": tested}
                    measured = select(here, role="measured", **which)
                    gained = differences(measured, select(without, **which))
                    yield self._gain("T13", setting, f"gain in {metric} on {tested}", gained)

    def by_depth(self) -> Iterator[Verdict]:
        """What one more depth in training adds to the text score, by depth of what is tested."""
        deep = select(self.rows, family=ALL, seen="own-only", count=1, images="vectors")
        for setting, here in by_setting(select(deep, metric="text score", role="measured")).items():
            depth, size = (here[0].labels[name] for name in ("depth", "set_size"))
            if depth == 1:
                continue
            which = {"metric": "text score", "role": "measured"}
            before = select(deep, set_size=size, depth=depth - 1, **which)
            for tested in range(1, MAX_DEPTH + 1):
                at = f"depth {tested}"
                gained = differences(select(here, tested=at), select(before, tested=at))
                about = f"gain in text score per depth, on {at}"
                yield self._gain("T12", setting, about, gained)

    def _gain(self, claim: str, setting: str, about: str, gained: Sequence[float]) -> Verdict:
        """A gain holds where it is above the half width of its interval; it is open elsewhere."""
        _, interval = mean_and_interval(gained)
        return self._verdict(
            claim=claim,
            kind="finding",
            setting=setting,
            metric=about,
            values=gained,
            relation=">=",
            predicted=math.inf if interval is None else 0.5 * (interval[1] - interval[0]),
        )

    def _verdict(self, *, setting: str, **compared: Any) -> Verdict:
        took = self.seconds.get(setting, 0.0)
        return trained_verdict(study=self.study, setting=setting, seconds=took, **compared)


STUDIES.register(HardNegativesStudy.name, HardNegativesStudy())
