"""Mutants of how captions are read, and of what a corpus tells."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

READ = "tests/experiments/captions/test_reading.py"
ESTIMATED = "tests/experiments/corpus/test_formulas.py"

CAPTIONS = (
    Mutant(
        "an exchange whatever stands between",
        "experiments/captions/alignment.py",
        "if i + j <= n and a[i : n - j] == b[j : n - i]:",
        "if i + j <= n:",
        (READ,),
    ),
    Mutant(
        "moves where fewer edits do",
        "experiments/captions/alignment.py",
        "return found + min(moves, _one_each(rest), key=len)",
        "return found + moves",
        (READ,),
    ),
    Mutant(
        "nothing need stay",
        "experiments/captions/reading.py",
        "max(1.0, definition.kept * compared.shorter)",
        "1.0",
        (f"{READ}::test_a_definition_bounds_atoms_depth_and_what_changes",),
    ),
    Mutant(
        "pairs of a caption resampled apart",
        "experiments/results/statistics.py",
        "of = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]",
        "of = np.arange(n)",
        (
            "tests/experiments/captions/test_survey.py::test_what_belongs_together_is_resampled_together",
        ),
    ),
    Mutant(
        "logarithms of counts for their expectation",
        "experiments/corpus/estimates.py",
        "digamma(n) - digamma(c)",
        "np.log(n) - np.log(c)",
        (ESTIMATED,),
    ),
    Mutant(
        "odds as if every orbit were seen whole",
        "experiments/corpus/estimates.py",
        "(both - seen)",
        "both",
        (ESTIMATED,),
    ),
)
