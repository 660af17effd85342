"""InfoNCE against its formula written out, its limits, and two ways to its gradient."""

from __future__ import annotations

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.objectives import InfoNCE

K = 6
SIMILARITIES = ("squared_distance", "cosine")
NEGATIVES = ("cross", "intra", "both")

every_option = pytest.mark.parametrize(
    ("similarity", "negatives"), [(s, n) for s in SIMILARITIES for n in NEGATIVES]
)


def similarity_of(a, b, similarity, temperature):
    if similarity == "cosine":
        return np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) / temperature
    return -np.sum((a - b) ** 2) / temperature


def direct(image, text, similarity, negatives, temperature):
    """The definition, one exponential after the other."""
    total = 0.0
    for own, others in ((image, text), (text, image)):
        for i in range(len(own)):
            positive = math.exp(similarity_of(own[i], others[i], similarity, temperature))
            denominator = positive
            for j in range(len(own)):
                if j == i:
                    continue
                if negatives in ("cross", "both"):
                    s = similarity_of(own[i], others[j], similarity, temperature)
                    denominator += math.exp(s)
                if negatives in ("intra", "both"):
                    denominator += math.exp(similarity_of(own[i], own[j], similarity, temperature))
            total -= math.log(positive / denominator)
    return total / (2 * len(image))


def naive(image, text, log_temperature, similarity, negatives):
    """The same in jnp without tiles, stabilisation or a gradient of its own."""

    def s(a, b):
        if similarity == "cosine":
            a, b = (v / jnp.linalg.norm(v, axis=1, keepdims=True) for v in (a, b))
            return a @ b.T / jnp.exp(log_temperature)
        return -jnp.sum((a[:, None] - b[None]) ** 2, axis=-1) / jnp.exp(log_temperature)

    cross = jnp.exp(s(image, text))
    others = 1.0 - jnp.eye(K, dtype=image.dtype)
    losses = []
    for table, own in ((cross, image), (cross.T, text)):
        denominator = jnp.diagonal(table)
        if negatives in ("cross", "both"):
            denominator = denominator + jnp.sum(table * others, axis=1)
        if negatives in ("intra", "both"):
            denominator = denominator + jnp.sum(jnp.exp(s(own, own)) * others, axis=1)
        losses.append(jnp.mean(jnp.log(denominator / jnp.diagonal(table))))
    return 0.5 * (losses[0] + losses[1])


def embeddings(seed, scale=1.0, size=3):
    random = np.random.default_rng(seed)
    return scale * random.normal(size=(2, K, size))


@pytest.mark.usefixtures("strict_promotion")
@every_option
def test_loss_is_its_formula(similarity, negatives):
    loss = jax.jit(InfoNCE(similarity=similarity, negatives=negatives, tile=2))

    @settings(max_examples=15)
    @given(seed=st.integers(0, 2**30), temperature=st.floats(0.2, 5.0), scale=st.floats(0.1, 2.0))
    def holds(seed, temperature, scale):
        image, text = embeddings(seed, scale)
        expected = direct(image, text, similarity, negatives, temperature)
        with jax.enable_x64(True):
            got = loss(jnp.asarray(image), jnp.asarray(text), jnp.asarray(math.log(temperature)))
        # Scores of up to |a - b|^2 / tau = 1,000, rounded at 1e-16 each.
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)

    holds()


@pytest.mark.usefixtures("strict_promotion")
@every_option
@pytest.mark.parametrize("constant", [0.0, 3.0])
def test_a_collapsed_encoder_pays_the_log_of_the_number_of_terms(similarity, negatives, constant):
    """All scores are equal, so a loss is the log of how many terms its denominator has.

    ``cross`` and ``intra`` have the positive pair and K - 1 negatives, ``both`` K - 1 more.
    """
    collapsed = jnp.full((K, 3), constant)
    loss = InfoNCE(similarity=similarity, negatives=negatives)(
        collapsed, collapsed, jnp.asarray(-1.0)
    )
    terms = 2 * K - 1 if negatives == "both" else K
    # Centred embeddings are 0, and so are scores: what is left is the rounding of a logarithm.
    np.testing.assert_allclose(loss, math.log(terms), atol=1e-6)


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("negatives", NEGATIVES)
def test_float32_has_the_loss_and_gradient_of_differences_wherever_embeddings_lie(negatives):
    """Far from the origin, and of an encoder that has all but collapsed."""
    objective = InfoNCE(negatives=negatives, tile=2)
    in_float32 = jax.jit(jax.value_and_grad(objective, argnums=(0, 1)))
    by_differences = partial(naive, similarity="squared_distance", negatives=negatives)
    exact_gradient = jax.jit(jax.grad(by_differences, argnums=(0, 1)))
    # Scores are below 30 once centred, and right to some ten roundings.
    rounding = 10 * 30 * float(np.finfo(np.float32).eps)
    for offset, scale in ((100.0, 1.0), (-1000.0, 1.0), (0.5, 1e-4)):
        batch = (offset + embeddings(6, scale)).astype(np.float32)
        log_temperature = np.float32(math.log(scale**2))
        loss, gradient = in_float32(*map(jnp.asarray, (*batch, log_temperature)))
        image, text = batch.astype(np.float64)
        temperature = math.exp(float(log_temperature))
        wanted = direct(image, text, "squared_distance", negatives, temperature)
        np.testing.assert_allclose(loss, wanted, atol=rounding)
        with jax.enable_x64(True):
            slopes = exact_gradient(*map(jnp.asarray, (image, text, math.log(temperature))))
        for got, slope in zip(gradient, slopes, strict=True):
            np.testing.assert_allclose(scale * got, scale * np.asarray(slope), atol=10 * rounding)


@pytest.mark.usefixtures("strict_promotion")
@every_option
def test_gradient_is_that_of_the_naive_formula_and_of_finite_differences(similarity, negatives):
    objective = InfoNCE(similarity=similarity, negatives=negatives, tile=2, learn_temperature=True)
    image, text = embeddings(1)
    direction = embeddings(2)
    step = 1e-5
    with jax.enable_x64(True):
        at = (jnp.asarray(image), jnp.asarray(text), jnp.asarray(0.3))
        gradient = jax.jit(jax.grad(objective, argnums=(0, 1, 2)))(*at)
        other = partial(naive, similarity=similarity, negatives=negatives)
        expected = jax.jit(jax.grad(other, argnums=(0, 1, 2)))(*at)
        along = (*(jnp.asarray(part) for part in direction), jnp.asarray(1.0))
        ahead, behind = (
            jax.jit(objective)(*(a + sign * step * d for a, d in zip(at, along, strict=True)))
            for sign in (1.0, -1.0)
        )
    for got, wanted in zip(gradient, expected, strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-12)
    slope = sum(np.sum(np.multiply(g, d)) for g, d in zip(gradient, along, strict=True))
    # Central differences: a third derivative of at most 1e3 times step^2, and 1e-16 / step.
    np.testing.assert_allclose((float(ahead) - float(behind)) / (2 * step), slope, atol=1e-7)


@pytest.mark.parametrize("negatives", NEGATIVES)
def test_the_temperature_has_a_gradient_only_if_it_is_learned(negatives):
    image, text = (jnp.asarray(part) for part in embeddings(3))
    for learned in (False, True):
        objective = InfoNCE(negatives=negatives, learn_temperature=learned)
        gradient = jax.jit(jax.grad(objective, argnums=2))(image, text, jnp.asarray(0.0))
        assert (float(gradient) != 0.0) == learned


def test_tiles_change_nothing():
    """Tiles of 1, of a divisor, of a number that divides nothing, of more than there are."""
    image, text = (jnp.asarray(part) for part in embeddings(4))
    results = [
        jax.jit(jax.value_and_grad(InfoNCE(tile=tile), argnums=(0, 1)))(
            image, text, jnp.asarray(0.0)
        )
        for tile in (K, 1, 2, 5, 100)
    ]
    for other in results[1:]:
        jax.tree.map(partial(np.testing.assert_allclose, atol=1e-6), other, results[0])


@every_option
def test_scores_of_any_size_neither_overflow_nor_vanish(similarity, negatives):
    image, text = (jnp.asarray(part) for part in embeddings(5, scale=30.0))
    objective = InfoNCE(similarity=similarity, negatives=negatives)
    loss_and_gradient = jax.jit(jax.value_and_grad(objective, argnums=(0, 1)))
    for log_temperature in (-3.0, 8.0):
        loss, gradient = loss_and_gradient(image, text, jnp.asarray(log_temperature))
        assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves((loss, gradient)))


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({"temperature": 0.0}, "temperature: expected a number above 0, got 0.0"),
        ({"tile": 0}, "tile: expected an integer of at least 1, got 0"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(chosen, text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        InfoNCE(**chosen)
