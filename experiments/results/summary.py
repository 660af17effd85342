"""What a report found, as short as it can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofs_check import CLAIMS, Verdict
from proofs_check.verdict import Kind

EVIDENCE: tuple[Kind, ...] = ("claim", "control")
"""Kinds of verdicts that speak for or against a statement."""


@dataclass(frozen=True)
class Tally:
    """How many of some verdicts hold; as text "3 of 4"."""

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

    def __str__(self) -> str:
        return f"{self.held} of {self.of}"


@dataclass(frozen=True)
class Statement:
    """What a report found of one statement.

    Attributes:
        claim: its id.
        title: what it says, in some six words.
        tally: of its claims and controls.
        thinnest: the one with the least `Verdict.margin`; None where no number could move.
    """

    claim: str
    title: str
    tally: Tally
    thinnest: Verdict | None


def statements(verdicts: Sequence[Verdict]) -> list[Statement]:
    """The statements that a report has evidence of, in order.

    Args:
        verdicts: of the report.
    """
    found: dict[str, list[Verdict]] = {claim: [] for claim in CLAIMS}
    for verdict in verdicts:
        if verdict.kind in EVIDENCE:
            found[verdict.claim].append(verdict)
    return [
        Statement(
            claim,
            CLAIMS[claim].title,
            Tally.count(some, *EVIDENCE),
            min((one for one in some if one.margin is not None), key=_margin, default=None),
        )
        for claim, some in found.items()
        if some
    ]


def failures(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Claims, controls and identities that do not hold.

    Args:
        verdicts: of a report.
    """
    return [one for one in verdicts if one.gates and not one.holds]


def headlines(verdicts: Sequence[Verdict], most: int = 3) -> list[Verdict]:
    """What a reader should see first: of the studies that build on others before these.

    Args:
        verdicts: of a report, in its order.
        most: how many.
    """
    return [one for one in verdicts if one.headline][-most:]


def _margin(verdict: Verdict) -> float:
    margin = verdict.margin
    # Of a NaN nothing is left.
    return -1.0 if margin is None or margin != margin else margin
