"""What was found of each statement, in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.results.summary import EVIDENCE, Tally, failures
from proofs_check.claim import CLAIMS
from proofs_check.verdict import Kind, Verdict


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
    evidence = [one for one in verdicts if one.kind in EVIDENCE and one.holds]
    thin = sorted(
        (one for one in evidence if one.margin is not None), key=lambda one: one.margin or 0.0
    )
    return Found(claim, verdicts, tuple(thin), tuple(failures(verdicts)))
