"""Mutants of T12 and T13: iterated operators, surcharges, and training on hard negatives."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SURCHARGE = "tests/proofs_check/quantities/test_surcharge.py"
TRANSFER = "tests/proofs_check/quantities/test_transfer.py"
OBJECTIVE = "tests/experiments/objectives/test_hard_negatives.py"
STUDY = "tests/experiments/studies/trained/test_hard_negatives.py"
MEASURED = "tests/experiments/studies/trained/test_measured_hard_negatives.py"
PAIRS = "tests/scm/wrappers/test_hard_negative_pairs.py"

HARD_NEGATIVES = (
    Mutant(
        "counts at each depth, not up to it",
        "proofs_check/quantities/iterated.py",
        "np.cumsum(new.reshape(-1, depth), axis=1)",
        "new.reshape(-1, depth)",
        (
            "tests/proofs_check/quantities/test_iterated.py::test_counts_are_those_of_words_spelled_out",
        ),
    ),
    Mutant(
        "words that go back along edges",
        "scm/operators/result_table.py",
        "np.unique(edges.source * captions + edges.target)",
        "np.unique(edges.target * captions + edges.source)",
        ("tests/proofs_check/quantities/test_iterated.py::test_depths_are_distances_of_the_graph",),
    ),
    Mutant(
        "surcharges: shared and own-only mixed up, batch by batch",
        "proofs_check/quantities/hard_negative_loss.py",
        "if shared:",
        "if not shared:",
        (f"{SURCHARGE}::test_losses_are_their_definition",),
    ),
    Mutant(
        "surcharges: shared and own-only mixed up, in closed form",
        "proofs_check/quantities/surcharge.py",
        "if shared else true",
        "if not shared else true",
        (f"{SURCHARGE}::test_separated_encoders_pay_what_all_batches_say",),
    ),
    Mutant(
        "shared surcharge on both directions",
        "proofs_check/quantities/surcharge.py",
        "return 0.5 * math.log1p(M)",
        "return math.log1p(M)",
        (f"{SURCHARGE}::test_any_blind_encoder_pays_what_the_formulas_say",),
    ),
    Mutant(
        "own surcharge without the rest of the batch",
        "proofs_check/quantities/surcharge.py",
        "np.log1p(M / within)",
        "np.log1p(M / within**0)",
        (f"{SURCHARGE}::test_own_negatives_cost_what_the_theory_says",),
    ),
    Mutant(
        "a transfer criterion that is T6's alone",
        "proofs_check/quantities/surcharge.py",
        " and not joined(world, negatives, label).any()",
        "",
        (f"{TRANSFER}::test_the_criterion_is_that_of_all_encoders",),
    ),
    Mutant(
        "blind codes: the orbit instead of the component",
        "proofs_check/quantities/surcharge.py",
        "components(world.image, drawn)",
        "drawn",
        (f"{TRANSFER}::test_the_criterion_is_that_of_all_encoders",),
    ),
    Mutant(
        "training: shared and own-only mixed up",
        "experiments/objectives/hard_negatives.py",
        "if self.shared:",
        "if not self.shared:",
        (f"{OBJECTIVE}::test_loss_is_that_of_the_exact_checks",),
    ),
    Mutant(
        "training: hard negatives that say the same scene",
        "scm/operators/result_table.py",
        "hard = scene[edges.source] != scene[edges.target]",
        "hard = edges.source != edges.target",
        (f"{PAIRS}::test_negatives_are_those_of_a_search_over_words",),
    ),
    Mutant(
        "training: hard negatives with repeats",
        "scm/wrappers/hard_negative_pairs.py",
        "(later >= code",
        "(later > code",
        (f"{PAIRS}::test_all_orders_of_hard_negatives_are_as_likely",),
    ),
    Mutant(
        "hard negatives in training: never-drawn ones for those that are drawn",
        "experiments/studies/trained/hard_negative_measures.py",
        "yield DRAWN, pairs.where(~pairs.novel).measure()",
        "yield DRAWN, pairs.where(pairs.novel).measure()",
        (f"{MEASURED}::test_a_tiny_transfer_measures_every_operator_and_depth",),
    ),
    Mutant(
        "hard negatives in training: the cost of blindness at one batch size",
        "experiments/studies/trained/hard_negative_measures.py",
        "trained_on, label, config.batch_size)",
        "trained_on, label, K)",
        (f"{MEASURED}::test_blindness_costs_what_it_does_in_batches_of_training",),
    ),
    Mutant(
        "hard negatives in training: rounding taken for a cost",
        "experiments/studies/trained/hard_negatives.py",
        "if cost <= FREE:",
        "if cost == 0.0:",
        (f"{STUDY}::test_what_is_left_is_compared_with_what_blindness_costs",),
    ),
    Mutant(
        "hard negatives in training: gains over batches of another size",
        "experiments/studies/trained/hard_negatives.py",
        '("set_size", "batch", "world", "images")',
        '("set_size", "world", "images")',
        (
            "tests/experiments/studies/shared/test_derived_rows.py"
            "::test_gains_are_over_training_without_hard_negatives_on_the_same_set_in_such_batches",
        ),
    ),
)
