"""What was found of each statement, in short."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofs_check.claim import CLAIMS
from proofs_check.verdict import Kind, Verdict


@dataclass(frozen=True)
class Tally:
    """How many of some verdicts hold."""

    held: int
    of: int

    @classmethod
    def count(cls, verdicts: Iterable[Verdict], *kinds: Kind) -> Tally:
        """Of verdicts of some kinds.

        Args:
            verdicts: of any kind.
            *kinds: those that count.
        """
        outcomes = [verdict.holds for verdict in verdicts if verdict.kind in kinds]
        return cls(sum(outcomes), len(outcomes))

    @property
    def is_whole(self) -> bool:
        """Whether all hold."""
        return self.held == self.of


@dataclass(frozen=True)
class Found:
    """What was found of a statement.

    Attributes:
        claim: its id.
        verdicts: all that speak to it.
        thin: claims and controls that hold, those first that are nearest to failing.
        failures: claims, controls and identities that do not hold.
    """

    claim: str
    verdicts: tuple[Verdict, ...]
    thin: tuple[Verdict, ...]
    failures: tuple[Verdict, ...]

    def tally(self, *kinds: Kind) -> Tally:
        """How many verdicts of some kinds hold.

        Args:
            *kinds: those that count.
        """
        return Tally.count(self.verdicts, *kinds)

    @property
    def findings(self) -> tuple[Verdict, ...]:
        """What is reported as found."""
        return tuple(one for one in self.verdicts if one.kind == "finding")


def found_of(verdicts: Sequence[Verdict]) -> list[Found]:
    """What was found of each statement that some verdict speaks to, in the order of statements."""
    return [
        _found(claim, tuple(verdict for verdict in verdicts if verdict.claim == claim))
        for claim in CLAIMS
        if any(verdict.claim == claim for verdict in verdicts)
    ]


def _found(claim: str, verdicts: tuple[Verdict, ...]) -> Found:
    evidence = [one for one in verdicts if one.kind in ("claim", "control") and one.holds]
    measured = [one for one in evidence if math.isfinite(margin(one))]
    failures = tuple(one for one in verdicts if one.gates and not one.holds)
    return Found(claim, verdicts, tuple(sorted(measured, key=margin)), failures)


def margin(verdict: Verdict) -> float:
    """How far a verdict is from failing, as a share of what there is to lose; 1 at most.

    Where there is a tolerance, what is left of it, as a share of it. Where there is none, the
    distance to the bound, as a share of the larger number. Below 0 it fails; infinite where a
    number has to be met exactly and is, or where there is nothing to compare with.
    """
    strict = verdict.relation == ">" and verdict.method != "exact"
    measured = verdict.interval[0] if strict and verdict.interval else verdict.measured
    gap, slack = measured - verdict.predicted, verdict.tolerance
    used = {"~=": abs(gap), "<=": gap}.get(verdict.relation, -gap)
    if verdict.relation == ">":
        # What is beside the prediction has to be passed, not spared.
        used, slack = used + slack, 0.0
    if slack > 0:
        return min(1.0, 1.0 - used / slack)
    scale = max(abs(measured), abs(verdict.predicted))
    return -used / scale if scale > 0 and verdict.relation != "~=" else math.inf
