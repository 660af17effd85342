"""Mutants of how claims are judged."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

JUDGED = (
    Mutant(
        "tolerance on the wrong side",
        "proofs_check/comparison.py",
        "self.measured >= self.predicted - self.tolerance",
        "self.measured >= self.predicted + self.tolerance",
        ("tests/proofs_check/test_verdict.py",),
    ),
    Mutant(
        "a claim that does not look at its conditions",
        "proofs_check/claim.py",
        "if not condition.holds(world):",
        "if not condition:",
        ("tests/proofs_check/test_check.py",),
    ),
    Mutant(
        "controls that are never checked",
        "proofs_check/check.py",
        "for control in claim.controls:",
        "for control in ():",
        ("tests/proofs_check/test_check.py",),
    ),
)
