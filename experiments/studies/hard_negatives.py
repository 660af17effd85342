"""T13, T12: hard negatives in training: what they teach, what carries over, what blindness pays.

Command: ``tokenscm reproduce --only T13``. Expect log(1 + M) / 2 of an encoder that is blind to M
shared hard negatives a caption, however it was trained, and less where images see their own alone.
Where composition is hard, on a fixed set of pairs, what negatives of one operator do for another
is reported as found: a gain only where the 95 % interval over seeds of the difference excludes 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from experiments.rows import Row, differences, mean_and_interval, select
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
        for setting, here in _by_setting(self.rows):
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
        predicted, _ = mean_and_interval(_values(rows, role="predicted"))
        about = f"{metric}, {which['negatives']}, M = {which['M']}"
        values = _values(rows, role="measured")
        return self._verdict("T13", "claim", setting, about, values, "~=", predicted, tolerance)

    def _nearer_to_the_optimum(self, setting: str, here: Sequence[Row]) -> Verdict:
        """An encoder that is not blind pays less than half way from the optimum to the blind."""
        rows = select(here, metric="surcharge", negatives="shared", M=COUNTS[0])
        optimum, _ = mean_and_interval(_values(rows, role="predicted"))
        blind = select(
            self.rows,
            metric="surcharge",
            role="predicted",
            negatives="shared",
            M=COUNTS[0],
            encoder=BLIND,
            rho=here[0].labels["rho"],
        )
        bound = 0.5 * (optimum + mean_and_interval([row.value for row in blind])[0])
        about = f"surcharge, shared, M = {COUNTS[0]}, of no blind encoder"
        values = _values(rows, role="measured")
        return self._verdict("T13", "control", setting, about, values, "<=", bound)

    def costs(self) -> Iterator[Verdict]:
        """What blindness costs after own-only training: losses of the blind less the aware's."""
        which = {"negatives": "own-only", "M": COUNTS[0]}
        here = select(self.rows, seen="own-only", **which)
        losses = select(here, metric="fresh loss", role="measured")
        blind, aware = (select(losses, encoder=encoder) for encoder in (BLIND, AWARE))
        if not blind or not aware:
            return
        predicted, _ = mean_and_interval(_values(here, metric="cost of blindness"))
        values = differences(blind, aware)
        about = f"cost of blindness, own-only, M = {COUNTS[0]}"
        setting = blind[0].setting
        yield self._verdict("T13", "claim", setting, about, values, "~=", predicted, COST)

    def gains(self) -> Iterator[Verdict]:
        """Of each training, its scores on each operator less those without hard negatives."""
        for setting, here in _by_setting(self.rows):
            labels = here[0].labels
            if labels["family"] == NONE:
                continue
            same = {name: labels[name] for name in ("set_size", "images")}
            without = select(self.rows, family=NONE, role="measured", **same)
            for tested in OPERATORS:
                for metric in SCORES:
                    which = {"metric": metric, "tested": tested}
                    values = differences(
                        select(here, role="measured", **which), select(without, **which)
                    )
                    yield self._gain("T13", setting, f"gain in {metric} on {tested}", values)

    def by_depth(self) -> Iterator[Verdict]:
        """What one more depth in training adds to the text score, by depth of what is tested."""
        deep = select(self.rows, family=ALL, seen="own-only", count=1, images="vectors")
        for setting, here in _by_setting(select(deep, metric="text score", role="measured")):
            labels = here[0].labels
            before = select(
                deep,
                metric="text score",
                role="measured",
                set_size=labels["set_size"],
                depth=labels["depth"] - 1,
            )
            if labels["depth"] == 1:
                continue
            for tested in range(1, MAX_DEPTH + 1):
                at = f"depth {tested}"
                values = differences(select(here, tested=at), select(before, tested=at))
                about = f"gain in text score per depth, on {at}"
                yield self._gain("T12", setting, about, values)

    def _gain(self, claim: str, setting: str, about: str, values: Sequence[float]) -> Verdict:
        """A gain holds where it is above the half width of its interval; it is open elsewhere."""
        _, interval = mean_and_interval(values)
        half = float("inf") if interval is None else 0.5 * (interval[1] - interval[0])
        return self._verdict(claim, "finding", setting, about, values, ">=", half)

    def _verdict(
        self,
        claim: str,
        kind: Any,
        setting: str,
        about: str,
        values: Sequence[float],
        relation: Any,
        predicted: float,
        tolerance: float = 0.0,
    ) -> Verdict:
        return trained_verdict(
            study=self.study,
            claim=claim,
            kind=kind,
            setting=setting,
            metric=about,
            values=values,
            relation=relation,
            predicted=predicted,
            tolerance=tolerance,
            seconds=self.seconds.get(setting, 0.0),
        )


def _by_setting(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    for name in dict.fromkeys(row.setting for row in rows):
        yield name, select(rows, setting=name)


def _values(rows: Sequence[Row], **wanted: Any) -> list[float]:
    return [row.value for row in select(rows, **wanted)]


STUDIES.register("hard_negatives", HardNegativesStudy())
