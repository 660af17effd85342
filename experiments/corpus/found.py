"""What is found of a corpus: rows, findings, and sentences that a person reads."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from experiments.corpus.neighbours import Iterate
from experiments.corpus.resampling import Interval
from experiments.results.record import Row
from experiments.vocabulary import corpora, roles
from proofs_check import Verdict


@dataclass
class Report:
    """What is found of a corpus.

    Attributes:
        rows: all that is estimated.
        verdicts: findings.
        sentences: what a person reads.
    """

    rows: list[Row] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def add(
        self,
        setting: str,
        kind: Iterate,
        metric: str,
        value: float,
        interval: Interval | None = None,
        *,
        claim: str = "T10",
        captions: int,
    ) -> None:
        """Add a number, unless there is none.

        Args:
            setting: the corpus itself, or the name of a file of pairs.
            kind: the operator and the depth.
            metric: what it is.
            value: the number.
            interval: of 95 %.
            claim: what it speaks to.
            captions: of the corpus, or the part of it, that it is of.
        """
        if not math.isfinite(value):
            return
        labels = {"operator": kind.operator, "depth": kind.depth, "captions": captions}
        if interval is not None:
            labels |= {"low": interval[0], "high": interval[1]}
        labels["role"] = roles.MEASURED
        self.rows.append(Row(corpora.CORPUS, claim, setting, 0, metric, value, labels))

    def find(
        self,
        setting: str,
        kind: Iterate,
        metric: str,
        value: float,
        interval: Interval | None,
        *,
        claim: str,
        seconds: float,
    ) -> None:
        """Add a finding: that a number is above 0.

        Args:
            setting: see `add`.
            kind: see there.
            metric: see there.
            value: see there.
            interval: see there.
            claim: see there.
            seconds: that it took.
        """
        if not math.isfinite(value):
            return
        where = f"{setting}, {kind.operator}, {kind.depth}"
        self.verdicts.append(
            Verdict.of_data(
                claim=claim,
                study=corpora.CORPUS,
                setting=where,
                metric=metric,
                relation=">",
                predicted=0.0,
                measured=value,
                interval=interval,
                seconds=seconds,
            )
        )
