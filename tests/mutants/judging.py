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
        "experiments/results/gains.py",
        "bound = ERROR / (len(tested) - place)",
        "bound = ERROR",
        ("tests/experiments/results/test_gains.py",),
    ),
    Mutant(
        "gains corrected beyond the first that is open",
        "experiments/results/gains.py",
        "rejects = probability[key] < bound",
        "rejects = True",
        (
            "tests/experiments/results/test_gains.py::test_what_follows_the_first_that_is_open_stays_open",
        ),
    ),
    Mutant(
        "rows that all speak to the first claim",
        "experiments/studies/trained/composition.py",
        'covered = parameters["rho"] == 1.0 and metric in COVERED',
        "covered = False",
        ("tests/experiments/studies/trained/test_composition.py",),
    ),
    Mutant(
        "seeds that do not share content",
        "experiments/studies/shared/agreement.py",
        'own | {"z_inv": world.noise(key, points)["z_inv"]}',
        "own",
        ("tests/experiments/studies/shared/test_agreement.py",),
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
