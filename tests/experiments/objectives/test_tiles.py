"""Losses in tiles against formulas of all pairs at once, their gradients, and what is held."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial import KDTree

from experiments.objectives import (
    AlignmentMinusEntropy,
    AlignmentUniformity,
    HardNegativeInfoNCE,
    InfoNCE,
    SigmoidLoss,
    entropy,
)
from experiments.objectives.neighbours import nearest_neighbours
from experiments.objectives.tiles import log_row_sums, log_sums, over_tiles, tile_width
from experiments.training.memory import largest_array_bytes

K, M, SIZE = 7, 3, 4
TILES = (1, 3, 100)
"""One pair a tile, three, which divide nothing, and more than there are."""

pytestmark = pytest.mark.usefixtures("strict_promotion")


def batch_of(objective, seed=0):
    """Embeddings of images, texts and, where they are read, hard negatives; log tau; a bias."""
    random = np.random.default_rng(seed)
    image, text = random.normal(size=(2, K, SIZE))
    negatives = (random.normal(size=(K, M, SIZE)),) if objective.reads_negatives else ()
    bias = (0.7,) if isinstance(objective, SigmoidLoss) else ()
    return image, text, *negatives, -0.3, *bias


def similarities(left, right, log_temperature):
    """-|a - b|^2 / tau of all pairs, by their differences."""
    apart = jnp.sum((left[:, None] - right[None]) ** 2, axis=-1)
    return -apart / jnp.exp(log_temperature)


def others(table):
    return jnp.where(jnp.eye(len(table), dtype=bool), -jnp.inf, table)


def softmax_loss(texts, images, positive):
    """Of what each side's denominator holds, one row a pair."""
    sums = (jnp.log(jnp.sum(jnp.exp(jnp.concatenate(s, axis=1)), axis=1)) for s in (texts, images))
    return jnp.mean(0.5 * sum(sums) - positive)


def dense_infonce(image, text, log_temperature, *, negatives):
    cross, *own = (
        similarities(*sides, log_temperature)
        for sides in ((image, text), (image, image), (text, text))
    )
    positive = jnp.diagonal(cross)
    kept = [positive[:, None]] * 2 if negatives == "intra" else [cross, cross.T]
    added = [[]] * 2 if negatives == "cross" else [[others(table)] for table in own]
    of_images, of_texts = ([k, *a] for k, a in zip(kept, added, strict=True))
    return softmax_loss(of_images, of_texts, positive)


def dense_hard(image, text, negatives, log_temperature, *, shared):
    cross = similarities(image, text, log_temperature)
    further = similarities(image, negatives.reshape(-1, SIZE), log_temperature)
    if not shared:
        further = further.reshape(K, K, M)[np.arange(K), np.arange(K)]
    return softmax_loss([cross, further], [cross.T], jnp.diagonal(cross))


def dense_sigmoid(image, text, log_temperature, bias):
    logits = similarities(image, text, log_temperature) + bias
    signs = 2.0 * jnp.eye(K) - 1.0
    return jnp.sum(jnp.log1p(jnp.exp(-signs * logits))) / K


def dense_uniformity(image, text, log_temperature):
    del log_temperature
    spread = [
        jnp.log(jnp.sum(jnp.exp(2.0 * others(similarities(own, own, 0.0)))) / (K * (K - 1)))
        for own in (image, text)
    ]
    return jnp.mean(jnp.sum((image - text) ** 2, axis=1)) + 0.5 * sum(spread)


LOSSES = {
    "cross": (partial(InfoNCE, learn_temperature=True), partial(dense_infonce, negatives="cross")),
    "intra": (
        partial(InfoNCE, negatives="intra", learn_temperature=True),
        partial(dense_infonce, negatives="intra"),
    ),
    "both": (
        partial(InfoNCE, negatives="both", learn_temperature=True),
        partial(dense_infonce, negatives="both"),
    ),
    "own": (
        partial(HardNegativeInfoNCE, "squared_distance"),
        partial(dense_hard, shared=False),
    ),
    "shared": (
        partial(HardNegativeInfoNCE, "squared_distance", shared=True),
        partial(dense_hard, shared=True),
    ),
    "sigmoid": (partial(SigmoidLoss, "squared_distance"), dense_sigmoid),
    "uniformity": (AlignmentUniformity, dense_uniformity),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_in_tiles_and_its_gradient_are_those_of_all_pairs_at_once(name):
    made, dense = LOSSES[name]
    with jax.enable_x64(True):
        at = tuple(map(jnp.asarray, batch_of(made())))
        read = tuple(range(len(at)))
        wanted, slopes = jax.jit(jax.value_and_grad(dense, read))(*at)
        for tile in TILES:
            loss, gradient = jax.jit(jax.value_and_grad(made(tile=tile), read))(*at)
            # Scores of up to |a - b|^2 / tau = 50, rounded at 1e-16 each.
            np.testing.assert_allclose(loss, wanted, rtol=1e-13)
            for got, slope in zip(gradient, slopes, strict=True):
                np.testing.assert_allclose(got, slope, atol=1e-13)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_tiles_is_that_of_finite_differences(name):
    objective = LOSSES[name][0](tile=3)
    step = 1e-5
    with jax.enable_x64(True):
        at, along = (tuple(map(jnp.asarray, batch_of(objective, seed))) for seed in (1, 2))
        gradient = jax.jit(jax.grad(objective, argnums=tuple(range(len(at)))))(*at)
        ahead, behind = (
            jax.jit(objective)(*(a + sign * step * d for a, d in zip(at, along, strict=True)))
            for sign in (1.0, -1.0)
        )
        slope = sum(float(jnp.sum(g * d)) for g, d in zip(gradient, along, strict=True))
    # Central differences: a third derivative of at most 1e4 times step^2, and 1e-16 / step.
    assert float(ahead - behind) / (2 * step) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_scores_of_any_size_neither_overflow_nor_vanish(name):
    """In float32, also where a tile holds nothing but the pair itself, which is left out."""
    objective = LOSSES[name][0](tile=1)
    batch = [jnp.asarray(np.multiply(30.0, part), jnp.float32) for part in batch_of(objective)]
    loss = jax.jit(jax.value_and_grad(objective, argnums=(0, 1)))
    for log_temperature in (-5.0, 8.0):
        batch[3 if objective.reads_negatives else 2] = jnp.float32(log_temperature)
        assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(loss(*batch)))


@pytest.mark.parametrize("tile", TILES)
def test_sums_of_other_numbers_of_rows_and_columns(tile):
    random = np.random.default_rng(3)
    u, v = random.normal(size=(5, 2)), random.normal(size=(11, 2))
    exponentials = np.exp(u @ v.T)
    with jax.enable_x64(True):
        sums = jax.jit(partial(log_sums, tile=tile))(u, v)
        rows = jax.jit(partial(log_row_sums, tile=tile))(u, v)
    for got, axis in zip((*sums, rows), (1, 0, 1), strict=True):
        np.testing.assert_allclose(got, np.log(exponentials.sum(axis)), rtol=1e-13)


@pytest.mark.parametrize("tile", TILES)
def test_neighbours_in_tiles_are_those_of_a_tree(tile):
    """More neighbours than a tile of 1, 2 or 3 holds."""
    points = np.random.default_rng(4).normal(size=(23, 2))
    with jax.enable_x64(True):
        found = jax.jit(lambda points: nearest_neighbours(points, 5, tile))(points)
        spread = jax.jit(lambda points: entropy(points, 5, tile))(points)
        at_once = jax.jit(lambda points: entropy(points, 5))(points)
    np.testing.assert_array_equal(found, np.asarray(KDTree(points).query(points, 6)[1])[:, 1:])
    np.testing.assert_allclose(spread, at_once, rtol=1e-13)


@pytest.mark.parametrize("tile", TILES)
def test_of_points_equally_near_the_first_are_neighbours(tile):
    found = jax.jit(lambda points: nearest_neighbours(points, 3, tile))(jnp.ones((6, 2)))
    np.testing.assert_array_equal(found[0], [1, 2, 3])
    np.testing.assert_array_equal(found[2], [0, 1, 3])
    np.testing.assert_array_equal(found[5], [0, 1, 2])


@pytest.mark.parametrize(
    ("count", "tile", "width"), [(6144, 512, 512), (513, 512, 257), (65537, 512, 509), (5, 8, 5)]
)
def test_tiles_are_few_and_hold_hardly_more_columns_than_there_are(count, tile, width):
    """Also of a prime number of pairs, which no tile divides."""
    assert tile_width(count, tile) == width
    tiles = -(-count // tile)
    assert count <= tiles * width < count + tiles


def test_a_single_tile_has_no_loop():
    def loops(tile):
        loss = partial(log_row_sums, tile=tile)
        return str(jax.make_jaxpr(loss)(jnp.ones((8, 2)), jnp.ones((8, 2)))).count("scan[")

    assert loops(8) == 0
    assert loops(4) == 1


@pytest.mark.parametrize("name", [*LOSSES, "entropy"])
def test_scores_of_all_pairs_are_never_held(name):
    """Forward and backward, by the shapes of the program: a tile's columns, not all K."""
    made = LOSSES[name][0] if name in LOSSES else AlignmentMinusEntropy
    batch, tile = 4096, 64
    objective = made(tile=tile)
    shapes = [
        jax.ShapeDtypeStruct((batch, *np.shape(part)[1:]) if np.ndim(part) else (), jnp.float32)
        for part in batch_of(objective)
    ]
    gradient = jax.grad(objective, argnums=tuple(range(len(shapes))))
    # Sums of each tile, stacked, are K numbers a tile: of hard negatives M times as many tiles.
    assert largest_array_bytes(gradient, *shapes) <= 4 * batch * M * tile
    # The control: all of them in one tile.
    at_once = jax.grad(made(tile=batch))
    assert largest_array_bytes(at_once, *shapes) >= 4 * batch**2


def test_what_a_tile_is_reduced_to_stands_beside_the_others():
    u = jnp.arange(4.0)[:, None]
    tops = over_tiles(lambda s: jnp.max(s, axis=1), u, jnp.arange(5.0)[:, None], 2)
    # Tiles of two columns: 0 and 1, 2 and 3, 4 and nothing.
    np.testing.assert_allclose(tops, np.outer([1.0, 3.0, 4.0], np.arange(4.0)))


@pytest.mark.parametrize(
    "made",
    [HardNegativeInfoNCE, SigmoidLoss, AlignmentUniformity, AlignmentMinusEntropy],
)
def test_a_tile_of_no_column_is_refused_in_one_sentence(made):
    with pytest.raises(ValueError, match=r"^tile: expected an integer of at least 1, got 0$"):
        made(tile=0)
