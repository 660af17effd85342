"""Mutants of finite worlds: quantities, constructed encoders, measures of them."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

BRUTE_FORCE = "tests/proofs_check/theorems/test_brute_force.py"
CONSTRUCTIONS = "tests/proofs_check/finite/test_constructions.py"
CONTRASTIVE = "tests/proofs_check/quantities/test_contrastive.py"
COSINE = "tests/proofs_check/quantities/test_cosine_minimum.py"
FINITE_WORLD = "tests/proofs_check/finite/test_finite_world.py"
INFORMATION = "tests/proofs_check/quantities/test_information.py"
LABELINGS = "tests/proofs_check/finite/test_labelings.py"
SEPARATION = "tests/proofs_check/quantities/test_scene_separation.py"
SMALL = "tests/proofs_check/finite/test_small_probabilities.py"

QUANTITIES = (
    Mutant(
        "price without conditioning",
        "proofs_check/quantities/information.py",
        "log_conditional(p, [x], [y]) - log_conditional(p, [x], [q])",
        "log_conditional(p, [x], [y]) - log_conditional(p, [x])",
        (
            f"{INFORMATION}::test_informations_are_those_of_rational_arithmetic",
            f"{BRUTE_FORCE}::test_blind_encoders_pay_the_price_of_insensitivity",
        ),
    ),
    Mutant(
        "H(z_inv | Q) without conditioning",
        "proofs_check/quantities/information.py",
        "log_conditional(p, [world.scene], [q])",
        "log_conditional(p, [world.scene])",
        (f"{INFORMATION}::test_informations_are_those_of_rational_arithmetic",),
    ),
    Mutant(
        "the family taken for its first operator",
        "proofs_check/finite/finite_world.py",
        "return orbits(self.captions, list(self.operators.values()))",
        "return orbits(self.captions, list(self.operators.values())[:1])",
        (f"{BRUTE_FORCE}::test_the_orbit_criterion_holds_of_all_optima",),
    ),
    Mutant(
        "independence without the condition",
        "proofs_check/finite/independence.py",
        "both = log_conditional(probability, [first, second], [given])",
        "both = log_conditional(probability, [first, second])",
        ("tests/proofs_check/finite/test_conditions.py::test_independence_is_that_of_integers",),
    ),
    Mutant(
        "L_K with the orbit instead of the component",
        "proofs_check/quantities/contrastive.py",
        "separated_loss(np.bincount(pairs.component, pairs.probability), K)",
        "separated_loss(np.bincount(pairs.label, pairs.probability), K)",
        (f"{CONTRASTIVE}::test_optimal_loss_is_exact_where_components_are_products",),
    ),
    Mutant(
        "L_K with K others instead of K - 1",
        "proofs_check/quantities/contrastive.py",
        "np.log(np.arange(1.0, K + 1)), classes",
        "np.log(np.arange(1.0, K + 2)), classes",
        (f"{CONTRASTIVE}::test_loss_of_equiprobable_classes",),
    ),
    Mutant(
        "L_inf from image to text alone",
        "proofs_check/quantities/contrastive.py",
        "0.5 * (p_x @ over_labels + p_q @ over_images)",
        "p_x @ over_labels",
        (f"{CONTRASTIVE}::test_limit_loss_is_its_terms",),
    ),
    Mutant(
        "components that images alone make",
        "proofs_check/finite/components.py",
        "[Edges(left, nodes + right)]",
        "[Edges(left, left)]",
        ("tests/proofs_check/finite/test_components.py",),
    ),
    Mutant(
        "triples that may come twice",
        "proofs_check/finite/finite_world.py",
        "np.flatnonzero(np.bincount(place)[place] > 1)",
        "np.flatnonzero(np.bincount(place)[place] > 2)",
        (f"{FINITE_WORLD}::test_entries_that_are_no_law_are_refused",),
    ),
    Mutant(
        "cells numbered by products of values",
        "proofs_check/finite/marginal.py",
        "(np.unique(variable, return_inverse=True)[1] for variable in variables)",
        "variables",
        (f"{FINITE_WORLD}::test_labels_may_be_any_integers",),
    ),
    Mutant(
        "encoders that separate some scenes taken for those that separate all",
        "proofs_check/quantities/scene_separation.py",
        "result &= encoders[:, a] != encoders[:, b]",
        "result = encoders[:, a] != encoders[:, b]",
        (f"{SEPARATION}::test_losses_are_those_of_the_definition_pair_by_pair",),
    ),
    Mutant(
        "L_inf of enumerated encoders from image to text alone",
        "proofs_check/quantities/scene_separation.py",
        "0.5 * (image @ over_captions + caption @ over_images)",
        "image @ over_captions",
        (f"{SEPARATION}::test_losses_are_those_of_the_definition_pair_by_pair",),
    ),
)

RARE = (
    Mutant(
        "a logarithm of what is nearly certain that rounds off what is rare",
        "proofs_check/finite/marginal.py",
        "return np.log1p(-rest / p_whole, out=below, where=most)[part]",
        "return below[part]",
        (f"{SMALL}::test_the_price_of_a_rare_scene_keeps_its_digits",),
    ),
    Mutant(
        "what is rare taken for free",
        "proofs_check/quantities/orbit_costs.py",
        "p / marginal(p, y) * lost",
        "p * lost",
        (f"{SMALL}::test_what_is_free_does_not_depend_on_rarity",),
    ),
    Mutant(
        "a rare tie that is rounded off",
        "proofs_check/finite/scene_laws.py",
        "np.log1p(share @ (np.expm1(centred) - centred))",
        "np.log(share @ np.exp(centred))",
        (f"{SMALL}::test_breaking_a_rare_tie_costs_in_proportion",),
    ),
)

LOOKED_AT = (
    Mutant(
        "labelings optimal if some caption pays nothing",
        "proofs_check/finite/labelings.py",
        "np.all(self.costs < _SPREAD, axis=1)",
        "np.any(self.costs < _SPREAD, axis=1)",
        (f"{LABELINGS}::test_optima_are_those_of_brute_force_over_codes",),
    ),
    Mutant(
        "labelings blind to the last edge of an orbit alone",
        "proofs_check/finite/labelings.py",
        "moved[:, self.world.orbit[y]] |= self",
        "moved[:, self.world.orbit[y]] = self",
        (f"{LABELINGS}::test_blind_labelings_are_constant_on_orbits",),
    ),
    Mutant(
        "a least loss by cosine with corners at right angles",
        "proofs_check/quantities/cosine_minimum.py",
        "apart = math.exp(-(1 + 1 / (n - 1)) / temperature)",
        "apart = math.exp(-1 / temperature)",
        (f"{COSINE}::test_a_simplex_has_the_least_loss_and_descent_finds_it",),
    ),
)

CONSTRUCTED = (
    Mutant(
        "g** reads one orbit",
        "proofs_check/finite/constructions.py",
        "_codes(world, codes)[world.said[found.first[found.of]]]",
        "_codes(world, codes)[world.said[found.first[0 * found.of]]]",
        (f"{CONSTRUCTIONS}::test_g_is_pseudo_optimal_or_two_captions_say_why_not",),
    ),
    Mutant(
        "g** is g*",
        "proofs_check/finite/constructions.py",
        "blind = world.said[found.first[found.of]]",
        "blind = world.said",
        (f"{CONSTRUCTIONS}::test_g_is_blind_where_it_can_be_and_optimal_in_training",),
    ),
    Mutant(
        "g** takes its scene from captions that are never drawn",
        "proofs_check/finite/constructions.py",
        "np.lexsort((~drawn, of))",
        "np.lexsort((drawn, of))",
        (f"{BRUTE_FORCE}::test_the_orbit_criterion_holds_of_all_optima",),
    ),
    Mutant(
        "the orbit criterion counts captions that are never drawn",
        "proofs_check/finite/constructions.py",
        "drawn & (meaning != meaning[first[of]])",
        "meaning != meaning[first[of]]",
        (f"{BRUTE_FORCE}::test_the_orbit_criterion_holds_of_all_optima",),
    ),
    Mutant(
        "f** sees each image, not its scene",
        "proofs_check/finite/constructions.py",
        "return orbits(world.scenes, operators)[world.shown]",
        "return np.arange(world.images)",
        (f"{CONSTRUCTIONS}::test_all_images_of_a_scene_go_where_the_scene_goes",),
    ),
)

MEASURES = (
    Mutant(
        "delta divides a collapsed encoder",
        "proofs_check/quantities/insensitivity.py",
        "collapsed = apart <= TIE",
        "collapsed = apart < 0",
        (
            "tests/proofs_check/quantities/test_insensitivity.py::test_a_collapsed_encoder_is_reported",
        ),
    ),
    Mutant(
        "delta without the spread of the captions that are edited",
        "proofs_check/quantities/insensitivity.py",
        "weighted_mean(_half_square(u - centre), weight)",
        "0 * weighted_mean(_half_square(u - centre), weight)",
        (
            "tests/proofs_check/quantities/test_insensitivity.py"
            "::test_delta_is_the_ratio_of_mean_cosine_distances",
        ),
    ),
    Mutant(
        "ties counted 1 instead of 1/2",
        "proofs_check/quantities/hard_negative_scores.py",
        "+ 0.5 * ties, ties)",
        "+ ties, ties)",
        (
            "tests/proofs_check/quantities/test_insensitivity.py::test_accuracy_counts_a_tie_as_a_half",
        ),
    ),
    Mutant(
        "a group score that ties win",
        "proofs_check/quantities/hard_negative_scores.py",
        "own.min(0) - crossed.max(0) > TIE",
        "own.min(0) - crossed.max(0) > -TIE",
        (
            "tests/proofs_check/quantities/test_insensitivity.py::test_pair_scores_are_counted_case_by_case",
        ),
    ),
)
