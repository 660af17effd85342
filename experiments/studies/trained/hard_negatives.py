"""T13, T12: hard negatives in training: what they teach, what carries over, what blindness pays.

Command: ``tokenscm reproduce --only T13``. Expect log(1 + M) / 2 of an encoder that is blind to M
shared hard negatives a caption, however it was trained, and less where images see their own alone.
Where composition is hard, on a fixed set of pairs, what negatives of one operator do for another
is reported as found: a gain only where the interval over seeds of the difference lies above 0 when
it is corrected for all that is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from experiments.results.gains import Gain, gains
from experiments.results.hard_negative_gains import gains_of_hard_negatives
from experiments.results.record import Row, by_setting, select, values
from experiments.results.statistics import differences, mean
from experiments.studies.shared.operator_worlds import AWARE, LOSS_TOLERANCE, OPERATOR_WORLDS
from experiments.studies.shared.study import STUDIES, Preset, Setting
from experiments.studies.shared.verdicts import gain_verdict, trained_verdict
from experiments.studies.trained.hard_negative_rows import (
    COUNTS,
    MAX_DEPTH,
    surcharge_rows,
    transfer_rows,
)
from experiments.studies.trained.hard_negative_worlds import (
    ALL,
    FAMILIES,
    NONE,
    Seen,
    Training,
    small_setting,
)
from experiments.training.run import FinishedRun
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
    version: int = 2
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
            learned = {"kind": "claim", "chosen": True}
            yield self._against(
                setting, here, "fresh loss", trained_on, tolerance=OPTIMUM, **learned
            )
            for M in COUNTS:
                shared, own = ({"negatives": seen, "M": M} for seen in ("shared", "own-only"))
                if encoder == BLIND:
                    # Whatever the encoder has learned: it adds M terms like the one it has.
                    yield self._against(
                        setting, here, "surcharge", shared, kind="identity", tolerance=ROUNDING
                    )
                    if seen == NONE:
                        yield self._against(
                            setting, here, "surcharge", own, tolerance=OWN[M], **learned
                        )
            if encoder == AWARE and seen == "shared":
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
            values=values(rows, role="measured"),
            relation="~=",
            predicted=mean(rows, role="predicted"),
            **judged,
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
            chosen=True,
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
            chosen=True,
        )

    def gains(self) -> Iterator[Verdict]:
        """Of each training, its scores on each operator less those without hard negatives."""
        for (setting, score, tested), gain in gains_of_hard_negatives(self.rows).items():
            yield self._gain("T13", setting, f"gain in {score} on {tested}", gain)

    def by_depth(self) -> Iterator[Verdict]:
        """What one more depth in training adds to the text score, by depth of what is tested."""
        which = {"metric": "text score", "role": "measured"}
        deep = select(self.rows, family=ALL, seen="own-only", count=1, images="vectors", **which)
        compared: dict[tuple[str, str], list[float]] = {}
        for setting, here in by_setting(deep).items():
            depth, size = (here[0].labels[name] for name in ("depth", "set_size"))
            if depth == 1:
                continue
            before = select(deep, set_size=size, depth=depth - 1)
            for tested in range(1, MAX_DEPTH + 1):
                at = f"depth {tested}"
                gained = differences(select(here, tested=at), select(before, tested=at))
                compared[setting, f"gain in text score per depth, on {at}"] = gained
        for (setting, about), gain in gains(compared).items():
            yield self._gain("T12", setting, about, gain)

    def _gain(self, claim: str, setting: str, metric: str, gain: Gain) -> Verdict:
        of = {"claim": claim, "study": self.study, "setting": setting}
        return gain_verdict(gain, metric=metric, seconds=self.seconds.get(setting, 0.0), **of)

    def _verdict(self, *, setting: str, **compared: Any) -> Verdict:
        took = self.seconds.get(setting, 0.0)
        return trained_verdict(study=self.study, setting=setting, seconds=took, **compared)


STUDIES.register(HardNegativesStudy.name, HardNegativesStudy())
