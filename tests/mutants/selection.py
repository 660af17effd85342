"""Mutants of T16 to T18: shared negatives, halves and linear encoders."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SHARED = "tests/proofs_check/quantities/test_shared_negatives.py"
DISPLACEMENTS = "tests/proofs_check/quantities/test_displacements.py"
LINEAR = "tests/proofs_check/quantities/test_linear_encoders.py"
PAIRS = "tests/proofs_check/finite/test_hard_pairs.py"

SELECTED = (
    Mutant(
        "shared negatives: tilts added, not taken off",
        "proofs_check/quantities/shared_negatives.py",
        "pointwise_information - surcharges(world, negatives, label)",
        "pointwise_information + surcharges(world, negatives, label)",
        (f"{SHARED}::test_no_critic_is_below_the_least_loss_and_the_best_attains_it",),
    ),
    Mutant(
        "shared negatives: encoders free whatever they merge",
        "proofs_check/quantities/shared_negatives.py",
        "return found.optimal & np.all(alike, axis=1)",
        "return found.optimal",
        (f"{SHARED}::test_all_encoders_cost_what_descent_finds",),
    ),
    Mutant(
        "shared negatives: in both directions",
        "proofs_check/quantities/minimise.py",
        "np.logaddexp.reduce(scores + np.log(a), axis=0, keepdims=True)",
        "np.logaddexp.reduce(scores + np.log(a / b * _seen(b, negatives)), axis=0, keepdims=True)",
        (
            "tests/proofs_check/quantities/test_minimise.py"
            "::test_negatives_and_zeros_leave_a_bound_that_is_tight",
        ),
    ),
    Mutant(
        "halves: misalignment of the wrong sign",
        "proofs_check/quantities/displacements.py",
        "other - image, image - caption)",
        "other - image, caption - image)",
        (f"{DISPLACEMENTS}::test_margins_are_those_of_scores",),
    ),
    Mutant(
        "hard pairs: the image of the caption for that of the negative",
        "proofs_check/finite/hard_pairs.py",
        "first[world.said[target[edge]]],",
        "first[world.said[source[edge]]],",
        (f"{PAIRS}::test_they_are_those_of_a_search",),
    ),
    Mutant(
        "linear encoders: a text encoder that is not trained",
        "proofs_check/quantities/linear_encoders.py",
        "(slope.T @ f).T @ y",
        "0 * (slope.T @ f).T @ y",
        (f"{LINEAR}::test_a_step_goes_down_the_gradient",),
    ),
    Mutant(
        "linear encoders: a limit that is not balanced",
        "proofs_check/quantities/linear_encoders.py",
        "return LinearEncoders(root * left.T[kept], root * right[kept])",
        "return LinearEncoders(root**2 * left.T[kept], right[kept])",
        (f"{LINEAR}::test_the_limit_is_a_balanced_minimum",),
    ),
)
