"""Mutants of what cures are made of, and of what is made of their scores."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

PARTS = "tests/experiments/training/test_parts.py"
STUDY = "tests/experiments/studies/trained/test_cures.py"

CURES = (
    Mutant(
        "frozen parts that move",
        "experiments/training/parts.py",
        "old if is_part(path, parts) else old + by",
        "old + by",
        (f"{PARTS}::test_frozen_parts_have_no_gradient_and_no_change",),
    ),
    Mutant(
        "a start that is another seed's",
        "experiments/training/members.py",
        "zip(seeds, ends, strict=True)",
        "zip(seeds, ends[:1] * len(seeds), strict=True)",
        (f"{PARTS}::test_parts_start_at_the_end_of_the_same_seed",),
    ),
    Mutant(
        "the sigmoid loss with pairs as chance meetings",
        "experiments/objectives/sigmoid.py",
        "- jnp.sum(u * v, axis=-1))",
        "+ 0.0 * jnp.sum(u * v, axis=-1))",
        ("tests/experiments/objectives/test_sigmoid.py::test_loss_is_its_formula",),
    ),
    Mutant(
        "a tilt towards the rarer order",
        "experiments/studies/trained/cures_measures.py",
        "return np.log1p(negatives[other] / law[other]) - np.log1p(negatives[y] / law[y])",
        "return np.log1p(negatives[y] / law[y]) - np.log1p(negatives[other] / law[other])",
        (f"{STUDY}::test_the_tilt_of_odds_is_its_closed_form",),
    ),
)
