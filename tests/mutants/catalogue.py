"""The mutants, and the tests that should notice each."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

BRUTE_FORCE = "tests/proofs_check/test_brute_force.py"
CONSTRUCTIONS = "tests/proofs_check/test_constructions.py"
CONTRASTIVE = "tests/proofs_check/test_contrastive.py"
INFORMATION = "tests/proofs_check/test_information.py"
OPERATORS = "tests/scm/test_operators.py"
SCENES = "tests/scm/test_scenes.py"
SCENE_LAWS = "tests/proofs_check/test_scene_laws.py"
SURCHARGE = "tests/proofs_check/test_surcharge.py"
TRANSFER = "tests/proofs_check/test_transfer.py"

WORLDS = (
    Mutant(
        "orbits follow edges one way only",
        "scm/orbits.py",
        "        np.minimum.at(lower, label[source], label[target])\n",
        "",
        (f"{OPERATORS}::test_orbits_are_the_components_of_a_search",),
    ),
    Mutant(
        "SWAP gives one of the two its own atom",
        "scm/edits.py",
        "zip([*left, *right], [*right, *left], strict=True)",
        "zip([*left, *right], [*right, *right], strict=True)",
        (f"{OPERATORS}::test_swap_is_an_involution",),
    ),
    Mutant(
        "REPLACE leaves the type: any slot instead of its own",
        "scm/replace.py",
        "if self.slot in (None, name)",
        "if name",
        (f"{OPERATORS}::test_operators_in_words",),
    ),
    Mutant(
        "rewritings with repeats",
        "scm/hard_negatives.py",
        "seen.add(row.tobytes())",
        "pass",
        (f"{SCENES}::test_rewritings_agree_with_a_search_over_captions",),
    ),
    Mutant(
        "hard negatives that say the same scene",
        "scm/hard_negatives.py",
        "said[n] not in (-1, scene)",
        "said[n] != -1",
        (f"{SCENES}::test_rewritings_agree_with_a_search_over_captions",),
    ),
    Mutant(
        "a biased caption table: the last choice for the first",
        "scm/caption_space.py",
        "choices == 0, 1 - varied",
        "choices == limits, 1 - varied",
        ("tests/scm/test_captions.py::test_sampled_words_are_as_frequent_as_the_tables_say",),
    ),
    Mutant(
        "the reading map permuted",
        "scm/caption_table.py",
        "return cls(grammar, scene_probability, rows, scene,",
        "return cls(grammar, scene_probability, rows, scene[::-1],",
        (f"{SCENES}::test_reading_agrees_with_the_table_outside_the_support_too",),
    ),
    Mutant(
        "uniform over scenes taken for uniform over orbits",
        "scm/coverage.py",
        'if self.law == "scenes":\n                weight',
        "if self.theta == 0.5:\n                weight",
        (f"{SCENES}::test_price_is_coverage_times_log_of_the_orbit",),
    ),
    Mutant(
        "coverage rounded down",
        "scm/coverage.py",
        "covered[order[: round(self.rho * n)]]",
        "covered[order[: int(self.rho * n)]]",
        (f"{SCENES}::test_price_is_coverage_times_log_of_the_orbit",),
    ),
    Mutant(
        "odds that are always even",
        "scm/coverage.py",
        "weight[orbit] = self.theta, 1.0 - self.theta",
        "weight[orbit] = 0.5, 0.5",
        (f"{SCENES}::test_odds_price_binary_entropy",),
    ),
    Mutant(
        "the reading map does not undo the rotation",
        "scm/token_mechanism.py",
        "flat[:, : self.spread.shape[0]] @ self.spread.T",
        "flat[:, : self.spread.shape[0]] @ self.spread",
        ("tests/scm/test_tokens.py::test_the_mechanism_is_a_bijection_with_a_closed_inverse",),
    ),
)

QUANTITIES = (
    Mutant(
        "price without conditioning",
        "proofs_check/information.py",
        "image_given_label = marginal(p, x, q) / marginal(p, q)",
        "image_given_label = marginal(p, x)",
        (
            f"{INFORMATION}::test_informations_are_those_of_rational_arithmetic",
            f"{BRUTE_FORCE}::test_blind_encoders_pay_the_price_of_insensitivity",
        ),
    ),
    Mutant(
        "H(z_inv | Q) without conditioning",
        "proofs_check/information.py",
        "marginal(p, q) / marginal(p, world.scene, q)",
        "1 / marginal(p, world.scene)",
        (f"{INFORMATION}::test_informations_are_those_of_rational_arithmetic",),
    ),
    Mutant(
        "the family taken for its first operator",
        "proofs_check/finite_world.py",
        "return orbits(self.captions, list(self.operators.values()))",
        "return orbits(self.captions, list(self.operators.values())[:1])",
        (f"{BRUTE_FORCE}::test_the_orbit_criterion_holds_of_all_optima",),
    ),
    Mutant(
        "independence without the condition",
        "proofs_check/independence.py",
        "both = probability * marginal(probability, given)",
        "both = probability",
        ("tests/proofs_check/test_conditions.py::test_independence_is_that_of_integers",),
    ),
    Mutant(
        "L_K with the orbit instead of the component",
        "proofs_check/contrastive.py",
        "separated_loss(np.bincount(pairs.component, pairs.probability), K)",
        "separated_loss(np.bincount(pairs.label, pairs.probability), K)",
        (f"{CONTRASTIVE}::test_optimal_loss_is_exact_where_components_are_products",),
    ),
    Mutant(
        "L_K with K others instead of K - 1",
        "proofs_check/contrastive.py",
        "np.log(np.arange(1.0, K + 1)), classes",
        "np.log(np.arange(1.0, K + 2)), classes",
        (f"{CONTRASTIVE}::test_loss_of_equiprobable_classes",),
    ),
    Mutant(
        "L_inf from image to text alone",
        "proofs_check/contrastive.py",
        "0.5 * (p_x @ over_labels + p_q @ over_images)",
        "p_x @ over_labels",
        (f"{CONTRASTIVE}::test_limit_loss_is_its_terms",),
    ),
    Mutant(
        "components that images alone make",
        "proofs_check/components.py",
        "[Edges(left, nodes + right)]",
        "[Edges(left, left)]",
        ("tests/proofs_check/test_components.py",),
    ),
)

CONSTRUCTED = (
    Mutant(
        "g** reads one orbit",
        "proofs_check/constructions.py",
        "_codes(world, codes)[world.said[found.first[found.of]]]",
        "_codes(world, codes)[world.said[found.first[0 * found.of]]]",
        (f"{CONSTRUCTIONS}::test_g_is_pseudo_optimal_or_two_captions_say_why_not",),
    ),
    Mutant(
        "g** is g*",
        "proofs_check/constructions.py",
        "blind = world.said[found.first[found.of]]",
        "blind = world.said",
        (f"{CONSTRUCTIONS}::test_g_is_blind_where_it_can_be_and_optimal_in_training",),
    ),
    Mutant(
        "g** takes its scene from captions that are never drawn",
        "proofs_check/constructions.py",
        "np.lexsort((~drawn, of))",
        "np.lexsort((drawn, of))",
        (f"{BRUTE_FORCE}::test_the_orbit_criterion_holds_of_all_optima",),
    ),
    Mutant(
        "the orbit criterion counts captions that are never drawn",
        "proofs_check/constructions.py",
        "drawn & (meaning != meaning[first[of]])",
        "meaning != meaning[first[of]]",
        (f"{BRUTE_FORCE}::test_the_orbit_criterion_holds_of_all_optima",),
    ),
    Mutant(
        "f** sees each image, not its scene",
        "proofs_check/constructions.py",
        "return orbits(world.scenes, operators)[world.shown]",
        "return np.arange(world.images)",
        (f"{CONSTRUCTIONS}::test_all_images_of_a_scene_go_where_the_scene_goes",),
    ),
)

HARD_NEGATIVES = (
    Mutant(
        "counts at each depth, not up to it",
        "proofs_check/iterated.py",
        "np.cumsum(new.reshape(-1, depth), axis=1)",
        "new.reshape(-1, depth)",
        ("tests/proofs_check/test_iterated.py::test_counts_are_those_of_words_spelled_out",),
    ),
    Mutant(
        "words that go back along edges",
        "proofs_check/iterated.py",
        "csr_array((ones, (source, target))",
        "csr_array((ones, (target, source))",
        ("tests/proofs_check/test_iterated.py::test_depths_are_distances_of_the_graph",),
    ),
    Mutant(
        "surcharges: shared and own-only mixed up, batch by batch",
        "proofs_check/hard_negative_loss.py",
        "if shared:",
        "if not shared:",
        (f"{SURCHARGE}::test_losses_are_their_definition",),
    ),
    Mutant(
        "surcharges: shared and own-only mixed up, in closed form",
        "proofs_check/surcharge.py",
        "if shared else true",
        "if not shared else true",
        (f"{SURCHARGE}::test_separated_encoders_pay_what_all_batches_say",),
    ),
    Mutant(
        "shared surcharge on both directions",
        "proofs_check/surcharge.py",
        "return 0.5 * math.log1p(M)",
        "return math.log1p(M)",
        (f"{SURCHARGE}::test_any_blind_encoder_pays_what_the_formulas_say",),
    ),
    Mutant(
        "own surcharge without the rest of the batch",
        "proofs_check/surcharge.py",
        "np.log1p(M / within)",
        "np.log1p(M / within**0)",
        (f"{SURCHARGE}::test_own_negatives_cost_what_the_theory_says",),
    ),
    Mutant(
        "a transfer criterion that is T6's alone",
        "proofs_check/surcharge.py",
        " and not joined(world, negatives, label).any()",
        "",
        (f"{TRANSFER}::test_the_criterion_is_that_of_all_encoders",),
    ),
    Mutant(
        "blind codes: the orbit instead of the component",
        "proofs_check/surcharge.py",
        "components(world.image, drawn)",
        "drawn",
        (f"{TRANSFER}::test_the_criterion_is_that_of_all_encoders",),
    ),
)

VISION = (
    Mutant(
        "novel pairs counted with repeats",
        "proofs_check/novel_pairs.py",
        "caption, negative = np.unique(steps, axis=1)",
        "caption, negative = steps",
        ("tests/proofs_check/test_novel_pairs.py::test_pairs_are_those_of_the_definition",),
    ),
    Mutant(
        "novel pairs with the image of the familiar caption",
        "proofs_check/novel_pairs.py",
        "first_image[world.said[negative]]",
        "first_image[world.said[caption]]",
        ("tests/proofs_check/test_novel_pairs.py::test_pairs_are_those_of_the_definition",),
    ),
    Mutant(
        "p(q, z) for p(q | z)",
        "proofs_check/scene_laws.py",
        "return np.divide(joint, total, out=joint, where=total > 0)",
        "return joint",
        (f"{SCENE_LAWS}::test_laws_are_those_of_fractions",),
    ),
    Mutant(
        "scenes tie that share their orbits, whatever the odds",
        "proofs_check/scene_laws.py",
        'pdist(laws, "chebyshev")',
        'pdist(laws > 0, "chebyshev")',
        (f"{SCENE_LAWS}::test_scores_are_the_pointwise_information_of_images_and_orbits",),
    ),
)

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

MUTANTS = WORLDS + QUANTITIES + CONSTRUCTED + HARD_NEGATIVES + VISION + JUDGED
"""All mutants."""
