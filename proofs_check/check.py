"""Exact checks: claims against worlds, as verdicts or as an assertion."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from proofs_check.claim import CLAIMS, Claim, Control
from proofs_check.comparison import Comparison
from proofs_check.verdict import Kind, Verdict
from scm.arguments import require_choice

STUDY = "check"
"""What verdicts of exact checks name as their study."""


def check_claim(claim: Claim, world: Any, setting: str) -> list[Verdict]:
    """What a claim predicts of a world, judged.

    Args:
        claim: the claim.
        world: one that meets its conditions.
        setting: the world's name in the verdicts.

    Raises:
        ConditionError: if the world does not meet a condition.
    """
    return _judged(claim, "claim", setting, lambda: claim.compare(world))


def check_control(claim: Claim, control: Control) -> list[Verdict]:
    """The failure of a claim that a control predicts, judged.

    Args:
        claim: the claim.
        control: one of its controls, whose world is made here.
    """
    return _judged(claim, "control", control.name, lambda: control.failure(control.world()))


def run_checks(only: Sequence[str] = ()) -> list[Verdict]:
    """All exact checks: every claim in its worlds, then its controls.

    Args:
        only: ids of claims; empty for all.

    Raises:
        ArgumentError: for an unknown claim.
    """
    for name in only:
        require_choice("only", name, CLAIMS)
    verdicts: list[Verdict] = []
    for claim in CLAIMS.values():
        if not only or claim.id in only:
            for setting, world in claim.worlds.items():
                verdicts += check_claim(claim, world(), setting)
            for control in claim.controls:
                verdicts += check_control(claim, control)
    return verdicts


def assert_claim(claim: Claim | str, world: Any) -> None:
    """Assert that a claim holds in a world of yours; for property tests.

    Args:
        claim: the claim or its id.
        world: the world.

    Raises:
        AssertionError: if a measurement is not as predicted; the text says which.
        ConditionError: if the world does not meet a condition of the claim.
        ArgumentError: for an unknown claim.
    """
    if isinstance(claim, str):
        require_choice("claim", claim, CLAIMS)
        claim = CLAIMS[claim]
    for comparison in claim.compare(world):
        if not comparison.holds:
            slack = f" ± {comparison.tolerance:g}" if comparison.tolerance else ""
            raise AssertionError(
                f"{claim.id}: expected {comparison.metric} {comparison.relation} "
                f"{comparison.predicted:g}{slack}, measured {comparison.measured:g}"
            )


def _judged(
    claim: Claim, kind: Kind, setting: str, compare: Callable[[], Sequence[Comparison]]
) -> list[Verdict]:
    start = time.perf_counter()
    comparisons = compare()
    seconds = time.perf_counter() - start
    return [
        Verdict.exact(
            comparison, claim=claim.id, kind=kind, study=STUDY, setting=setting, seconds=seconds
        )
        for comparison in comparisons
    ]
