"""Mutants of worlds: operators, captions, laws of scenes."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

OPERATORS = "tests/scm/operators/test_operators.py"
RESULTS = "tests/scm/operators/test_operator_results.py"
SCENES = "tests/scm/scenes/test_scenes.py"

WORLDS = (
    Mutant(
        "keys without a barrier",
        "scm/keys.py",
        "lax.optimization_barrier(jax.random.fold_in(key, number))",
        "jax.random.fold_in(key, number)",
        (
            "tests/scm/test_keys.py::test_a_key_is_computed_once_and_not_for_each_number_drawn_with_it",
        ),
    ),
    Mutant(
        "rows of normals drawn number by number",
        "scm/draws.py",
        "jax.random.normal(key, (size, n)).T",
        "jax.random.normal(key, (n, size))",
        ("tests/scm/test_draws.py::test_short_rows_are_drawn_along_the_pairs",),
    ),
    Mutant(
        "permutations of which the last sort counts alone",
        "scm/draws.py",
        "order = order[np.argsort(",
        "order = np.arange(n)[np.argsort(",
        ("tests/scm/test_draws.py::test_a_permutation_is_that_of_jax",),
    ),
    Mutant(
        "Gaussian blocks drawn anew for each product",
        "scm/draws.py",
        "mixed = jnp.stack(padded) @ _stacked(key, n, sizes)",
        "mixed = [a @ b for a, b in zip(padded, _stacked(key, n, sizes), strict=True)]",
        ("tests/scm/test_draws.py::test_gaussian_blocks_are_drawn_once",),
    ),
    Mutant(
        "Wishart factors whose diagonal may be negative",
        "scm/continuous/mechanisms.py",
        "return positive.T / max(size, 1) ** 0.5",
        "return upper.T / max(size, 1) ** 0.5",
        ("tests/scm/continuous/test_mechanisms.py::test_factors_are_those_of_cholesky",),
    ),
    Mutant(
        "orbits follow edges one way only",
        "scm/operators/orbits.py",
        "        np.minimum.at(lower, label[source], label[target])\n",
        "",
        (f"{OPERATORS}::test_orbits_are_the_components_of_a_search",),
    ),
    Mutant(
        "SWAP gives one of the two its own atom",
        "scm/operators/edits.py",
        "zip([*left, *right], [*right, *left], strict=True)",
        "zip([*left, *right], [*right, *right], strict=True)",
        (f"{OPERATORS}::test_swap_is_an_involution",),
    ),
    Mutant(
        "results that come twice count twice",
        "scm/scenes/caption_table.py",
        "return Edges(source[first], target[first])",
        "return Edges(source, target)",
        (f"{RESULTS}::test_a_result_that_comes_twice_counts_once",),
    ),
    Mutant(
        "results outside W are in T(y)",
        "scm/operators/operator.py",
        "    valid = valid & formed\n",
        "",
        (f"{RESULTS}::test_what_is_no_caption_is_no_result",),
    ),
    Mutant(
        "REPLACE leaves the type: any slot instead of its own",
        "scm/operators/replace.py",
        "if self.slot in (None, name)",
        "if name",
        (f"{OPERATORS}::test_operators_in_words",),
    ),
    Mutant(
        "rewritings with repeats",
        "scm/operators/search.py",
        "new = found[~np.isin(found, seen, assume_unique=True)]",
        "new = found",
        (f"{SCENES}::test_rewritings_agree_with_a_search_over_captions",),
    ),
    Mutant(
        "hard negatives that say the same scene",
        "scm/scenes/rewritings.py",
        "bool(said[n] != scene)",
        "True",
        (f"{SCENES}::test_rewritings_agree_with_a_search_over_captions",),
    ),
    Mutant(
        "a biased caption table: the last choice for the first",
        "scm/language/caption_space.py",
        "choices == 0, 1 - varied",
        "choices == limits, 1 - varied",
        (
            "tests/scm/language/test_captions.py::test_sampled_words_are_as_frequent_as_the_tables_say",
        ),
    ),
    Mutant(
        "the reading map permuted",
        "scm/scenes/caption_table.py",
        "return cls(grammar, scene_probability, rows, scene,",
        "return cls(grammar, scene_probability, rows, scene[::-1],",
        (f"{SCENES}::test_reading_agrees_with_the_table_outside_the_support_too",),
    ),
    Mutant(
        "uniform over scenes taken for uniform over orbits",
        "scm/scenes/coverage.py",
        'if self.law == "scenes":\n                weight',
        "if self.theta == 0.5:\n                weight",
        (f"{SCENES}::test_price_is_coverage_times_log_of_the_orbit",),
    ),
    Mutant(
        "coverage rounded down",
        "scm/scenes/coverage.py",
        "covered[order[: round(self.rho * n)]]",
        "covered[order[: int(self.rho * n)]]",
        (f"{SCENES}::test_price_is_coverage_times_log_of_the_orbit",),
    ),
    Mutant(
        "odds that are always even",
        "scm/scenes/coverage.py",
        "weight[orbit[one]] = self.theta",
        "weight[orbit] = 0.5",
        (f"{SCENES}::test_odds_price_binary_entropy",),
    ),
    Mutant(
        "the reading map does not undo the rotation",
        "scm/continuous/token_mechanism.py",
        "flat[:, : self.spread.shape[0]] @ self.spread.T",
        "flat[:, : self.spread.shape[0]] @ self.spread",
        (
            "tests/scm/continuous/test_tokens.py::test_the_mechanism_is_a_bijection_with_a_closed_inverse",
        ),
    ),
)
