"""Mutants of probes, objectives and bench: classes, halves of scores, distances, tiles, times."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

CLASSES = "tests/experiments/probes/test_classes.py"
PROBES = "tests/experiments/probes/test_probes.py"
COMPOSITION = "tests/experiments/probes/test_composition.py"
VISION = "tests/experiments/probes/test_vision_probes.py"
ALIGNMENT = "tests/experiments/objectives/test_alignment.py"
TILES = "tests/experiments/objectives/test_tiles.py"
BENCH = "tests/experiments/bench"
SIMILARITY = "tests/experiments/objectives/test_similarity.py"

CLASS_PROBES = (
    Mutant(
        "embedding: what fills up the last piece stays, and what comes first is cut",
        "experiments/probes/embedding.py",
        "reshape(pieces * rows, -1)[:n]",
        "reshape(pieces * rows, -1)[-n:]",
        ("tests/experiments/probes/test_sample.py",),
    ),
    Mutant(
        "sample: pixels drawn by what compiles quickly",
        "experiments/probes/sample.py",
        "return (fast if pixels else quick)(*args, **kwargs)",
        "return quick(*args, **kwargs)",
        (
            "tests/experiments/probes/test_sample.py::test_vectors_are_drawn_quickly_and_pixels_fast",
        ),
    ),
    Mutant(
        "classes: an absent one is none of them",
        "experiments/probes/kernel_ridge.py",
        "(of_concept < 0) | (of_concept >= n)",
        "of_concept >= n",
        (f"{CLASSES}::test_an_index_that_is_no_class_is_refused_in_one_sentence",),
    ),
    Mutant(
        "classes: absence taken for the first value",
        "scm/language/scene_space.py",
        "return concepts - xp.asarray(np.array(self.least_values, np.int32))[None, :]",
        "return xp.maximum(concepts, 0)",
        ("tests/scm/language/test_scene_space.py",),
    ),
    Mutant(
        "classes: absence taken for the first value, by the study alone",
        "experiments/studies/trained/scenes.py",
        'space.classes(batch.latents["z_inv"])',
        'jnp.maximum(batch.latents["z_inv"], 0)',
        (
            f"{CLASSES}::test_what_tells_nothing_scores_as_often_as_the_commonest_value_absence_among_them",
        ),
    ),
    Mutant(
        "classes: the least likely one is told",
        "experiments/probes/kernel_ridge.py",
        "np.argmax(block, axis=1)",
        "np.argmin(block, axis=1)",
        (f"{PROBES}::test_accuracy_is_that_of_sklearns_predictions_of_one_hot_columns",),
    ),
    Mutant(
        "classes: all concepts are told as one",
        "experiments/probes/kernel_ridge.py",
        "np.argmax(block, axis=1)",
        "np.argmax(predicted, axis=1)",
        (f"{PROBES}::test_concepts_are_told_jointly_as_one_by_one",),
    ),
    Mutant(
        "blocks: all are fitted as the first is best",
        "experiments/probes/kernel_ridge.py",
        "best = jnp.argmax(tuned, axis=0)[of_column]",
        "best = jnp.argmax(tuned, axis=0)[0 * of_column]",
        (f"{PROBES}::test_blocks_of_targets_are_tuned_each_by_itself",),
    ),
    Mutant(
        "classes: scored on the sample they are tuned on",
        "experiments/probes/kernel_ridge.py",
        'np.asarray(classes["test"])',
        'np.asarray(classes["train"])[: len(predicted)]',
        (f"{PROBES}::test_accuracy_is_that_of_sklearns_predictions_of_one_hot_columns",),
    ),
)

HALVES = (
    Mutant(
        "halves: the familiar image asked twice",
        "experiments/probes/composition.py",
        "accuracy(cosines[:, 1, 1], cosines[:, 1, 0])",
        "accuracy(cosines[:, 0, 0], cosines[:, 0, 1])",
        (f"{COMPOSITION}::test_unseen_is_wrong_prefers_the_familiar_caption_for_every_image",),
    ),
    Mutant(
        "halves: the novel image asked twice",
        "experiments/probes/composition.py",
        "accuracy(cosines[:, 0, 0], cosines[:, 0, 1])",
        "accuracy(cosines[:, 1, 1], cosines[:, 1, 0])",
        (f"{COMPOSITION}::test_unseen_is_wrong_prefers_the_familiar_caption_for_every_image",),
    ),
    Mutant(
        "halves: the image of the familiar caption for the novel one",
        "experiments/probes/composition.py",
        "encoded.images_of(encoded.table.said[negative]",
        "encoded.images_of(encoded.table.said[encoded.caption[row]]",
        (f"{COMPOSITION}::test_drawn_pairs_hold_hard_negatives_and_images_of_what_they_say",),
    ),
    Mutant(
        "halves: retrieval that ties win",
        "experiments/probes/composition.py",
        "right.sum(axis=1) / nearest.sum(axis=1)",
        "right.any(axis=1)",
        (f"{COMPOSITION}::test_ties_share_the_first_place",),
    ),
    Mutant(
        "halves: the whole loss for the text to image half",
        "experiments/probes/score_ties.py",
        "return 0.5 * float(np.mean(costs))",
        "return float(np.mean(costs))",
        (f"{VISION}::test_tie_costs_are_those_of_loops",),
    ),
    Mutant(
        "halves: a scene of no orbit taken for one of the last",
        "experiments/probes/score_ties.py",
        "outside.size == 0",
        "outside.size >= 0",
        (f"{VISION}::test_a_scene_outside_all_orbits_is_refused_in_one_sentence",),
    ),
)

ENTROPY = (
    Mutant(
        "entropy: the nearest neighbour for the m-th",
        "experiments/objectives/alignment.py",
        "jnp.max(jnp.sum((embedding[:, None] - near) ** 2, axis=-1), axis=1)",
        "jnp.min(jnp.sum((embedding[:, None] - near) ** 2, axis=-1), axis=1)",
        (f"{ALIGNMENT}::test_entropy_is_the_formula_on_neighbours_found_by_a_tree",),
    ),
    Mutant(
        "entropy: squared distances for distances",
        "experiments/objectives/alignment.py",
        "log_distance = 0.5 * jnp.log",
        "log_distance = jnp.log",
        (f"{ALIGNMENT}::test_entropy_is_the_formula_on_neighbours_found_by_a_tree",),
    ),
    Mutant(
        "entropy: a point is its own neighbour",
        "experiments/objectives/neighbours.py",
        "points, points, tile, itself=False",
        "points, points, tile, itself=True",
        (f"{ALIGNMENT}::test_entropy_is_the_formula_on_neighbours_found_by_a_tree",),
    ),
    Mutant(
        "entropy: distances that cancel",
        "experiments/objectives/neighbours.py",
        "closeness - (row[:, None] - column[None, :]) ** 2",
        "closeness - row[:, None] ** 2 + 2 * row[:, None] * column[None, :] - column[None] ** 2",
        ("tests/experiments/objectives/test_neighbours.py",),
    ),
    Mutant(
        "neighbours: columns numbered by their place in a tile",
        "experiments/objectives/neighbours.py",
        "column = column + width *",
        "column = column + 0 *",
        (f"{TILES}::test_neighbours_in_tiles_are_those_of_a_tree",),
    ),
    Mutant(
        "tiles: columns that are not there count",
        "experiments/objectives/tiles.py",
        "column < count, s",
        "column <= count, s",
        (f"{TILES}::test_sums_of_other_numbers_of_rows_and_columns",),
    ),
    Mutant(
        "tiles: the pair itself counts in all but the first",
        "experiments/objectives/tiles.py",
        "column = first + jnp.arange(width)",
        "column = 0 * first + jnp.arange(width)",
        (f"{TILES}::test_a_loss_in_tiles_and_its_gradient_are_those_of_all_pairs_at_once",),
    ),
    Mutant(
        "tiles: all are kept for the backward pass",
        "experiments/objectives/tiles.py",
        "return jax.lax.map(again, ",
        "return jax.lax.map(of_tile, ",
        (f"{TILES}::test_scores_of_all_pairs_are_never_held",),
    ),
    Mutant(
        "distances that are not centred",
        "experiments/objectives/similarity.py",
        "left, right = left - centre[None, :], right - centre[None, :]",
        "del centre",
        (f"{SIMILARITY}::test_distances_in_float32_depend_on_the_spread_and_not_on_where_it_lies",),
    ),
    Mutant(
        "distances whose sides are centred apart",
        "experiments/objectives/similarity.py",
        "right - centre[None, :]",
        "right - jnp.mean(right, axis=0)[None, :]",
        (f"{SIMILARITY}::test_scores_are_similarities_over_temperature",),
    ),
)

BENCHED = (
    Mutant(
        "bench: the chunk that compiles is timed too",
        "experiments/bench/speed.py",
        "taken[1:]",
        "taken",
        (f"{BENCH}/test_bench.py::test_a_step_is_timed_without_the_chunk_that_compiles",),
    ),
    Mutant(
        "bench: seconds of all seeds for those of one",
        "experiments/bench/scale.py",
        "tuple(range(SEEDS))) / SEEDS",
        "tuple(range(SEEDS)))",
        (f"{BENCH}/test_bench.py::test_seeds_together_share_the_time_of_their_step",),
    ),
    Mutant(
        "bench: the published loss on in-batch negatives",
        "experiments/bench/peer.py",
        "sides, others = embed(), embed()",
        "sides = others = embed()",
        (f"{BENCH}/test_peer.py::test_the_published_loss_is_its_formula",),
    ),
    Mutant(
        "memory: a step without its tiles of scores",
        "experiments/training/memory.py",
        "3 * largest_array_bytes(",
        "0 * largest_array_bytes(",
        (
            "tests/experiments/training/test_memory.py::test_a_batch_of_65536_pairs_fits_a_small_machine",
        ),
    ),
)
