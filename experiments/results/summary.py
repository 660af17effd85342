"""What a report found, as short as it can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs_check import CLAIMS, Verdict

EVIDENCE = ("claim", "control")
"""Kinds of verdicts that speak for or against a statement."""


@dataclass(frozen=True)
class Statement:
    """What a report found of one statement.

    Attributes:
        claim: its id.
        title: what it says, in some six words.
        held: claims and controls that hold.
        of: how many there are.
        thinnest: the one with the least `Verdict.margin`; None where no number could move.
    """

    claim: str
    title: str
    held: int
    of: int
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
            sum(one.holds for one in some),
            len(some),
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


def count_held(verdicts: Sequence[Verdict]) -> str:
    """How many of some verdicts hold, as "3 of 4".

    Args:
        verdicts: to be counted.
    """
    return f"{sum(one.holds for one in verdicts)} of {len(verdicts)}"


def _margin(verdict: Verdict) -> float:
    margin = verdict.margin
    # Of a NaN nothing is left.
    return -1.0 if margin is None or margin != margin else margin
