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
        "strictly above, or equal",
        "proofs_check/comparison.py",
        "self.measured > self.predicted + self.tolerance",
        "self.measured >= self.predicted + self.tolerance",
        ("tests/proofs_check/test_verdict.py",),
    ),
    Mutant(
        "gains that are not corrected for their number",
        "experiments/gains.py",
        "bound = ERROR / (len(tested) - place)",
        "bound = ERROR",
        ("tests/experiments/test_gains.py",),
    ),
    Mutant(
        "gains corrected beyond the first that is open",
        "experiments/gains.py",
        "rejects = probability[key] < bound",
        "rejects = True",
        ("tests/experiments/test_gains.py::test_what_follows_the_first_that_is_open_stays_open",),
    ),
    Mutant(
        "rows that all speak to the first claim",
        "experiments/studies/composition.py",
        'covered = parameters["rho"] == 1.0 and metric in COVERED',
        "covered = False",
        ("tests/experiments/test_composition_study.py",),
    ),
    Mutant(
        "seeds that do not share content",
        "experiments/studies/agreement.py",
        'own | {"z_inv": world.noise(key, points)["z_inv"]}',
        "own",
        ("tests/experiments/test_agreement.py",),
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
