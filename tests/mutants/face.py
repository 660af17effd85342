"""Mutants of what a person reads first: margins, changes, grids."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SUMMARY = "tests/experiments/results/test_summary.py"
COMPARED = "tests/experiments/test_compare.py"
GRIDS = "tests/experiments/configs/test_grids.py"

FACE = (
    Mutant(
        "margins of the prediction and not of what is allowed",
        "proofs_check/comparison.py",
        "return self.tolerance - abs(self.measured - self.predicted)",
        "return abs(self.measured - self.predicted)",
        (SUMMARY,),
    ),
    Mutant(
        "a gain as far as its mean",
        "proofs_check/verdict.py",
        "measured = self.interval[0] if strict and self.interval else self.measured",
        "measured = self.measured",
        (SUMMARY,),
    ),
    Mutant(
        "standard errors that add up",
        "experiments/compare.py",
        "spread = math.hypot(*errors)",
        "spread = sum(errors)",
        (COMPARED,),
    ),
    Mutant(
        "ranges without their last value",
        "experiments/configs/grids.py",
        "count = math.floor((end - start) / by) + 1",
        "count = math.floor((end - start) / by)",
        (GRIDS,),
    ),
    Mutant(
        "a kind that forgets what both have",
        "experiments/configs/grids.py",
        "return chosen(**shared)",
        "return chosen()",
        (GRIDS,),
    ),
)
