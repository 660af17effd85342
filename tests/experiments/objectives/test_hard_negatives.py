"""InfoNCE with hard negatives against its formula written out, and what blind ones cost."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.objectives import (
    AlignmentMinusEntropy,
    AlignmentUniformity,
    HardNegativeInfoNCE,
    InfoNCE,
    Objective,
)
from proofs_check.quantities.hard_negative_loss import blind_own_surcharges, losses_with_negatives
from scm.arguments import ArgumentError

K, M, SIZE = 5, 3, 4

pytestmark = pytest.mark.usefixtures("strict_promotion")

every_option = pytest.mark.parametrize(
    ("similarity", "shared"), [(s, n) for s in ("squared_distance", "cosine") for n in (0, 1)]
)


def critic(a, b, similarity, temperature):
    if similarity == "cosine":
        return np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) / temperature
    return -np.sum((a - b) ** 2) / temperature


def direct(image, text, negatives, similarity, shared, temperature):
    """The definition, one exponential after the other."""
    total = 0.0
    for i in range(K):
        positive = math.exp(critic(image[i], text[i], similarity, temperature))
        over_texts = over_images = 0.0
        for j in range(K):
            over_texts += math.exp(critic(image[i], text[j], similarity, temperature))
            over_images += math.exp(critic(image[j], text[i], similarity, temperature))
            if shared or j == i:
                for negative in negatives[j]:
                    over_texts += math.exp(critic(image[i], negative, similarity, temperature))
        total -= 0.5 * (math.log(positive / over_texts) + math.log(positive / over_images))
    return total / K


def embeddings(seed, scale=1.0):
    """f(x) [K d], g(y) [K d], g of the hard negatives [K M d]."""
    random = np.random.default_rng(seed)
    both = scale * random.normal(size=(2, K, SIZE))
    return both[0], both[1], scale * random.normal(size=(K, M, SIZE))


def on_device(*arrays):
    return tuple(jnp.asarray(array) for array in arrays)


@every_option
def test_loss_is_its_formula(similarity, shared):
    loss = jax.jit(HardNegativeInfoNCE(similarity, shared=bool(shared)))

    @settings(max_examples=15)
    @given(seed=st.integers(0, 2**30), temperature=st.floats(0.2, 5.0), scale=st.floats(0.1, 2.0))
    def holds(seed, temperature, scale):
        batch = embeddings(seed, scale)
        expected = direct(*batch, similarity, shared, temperature)
        with jax.enable_x64(True):
            got = loss(*on_device(*batch, math.log(temperature)))
        # Scores of up to |a - b|^2 / tau = 1,000, rounded at 1e-16 each.
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)

    holds()


@pytest.mark.parametrize("shared", [False, True])
def test_float32_has_the_loss_of_differences_wherever_embeddings_lie(shared):
    batch = [(100.0 + part).astype(np.float32) for part in embeddings(4)]
    loss = HardNegativeInfoNCE("squared_distance", shared=shared)
    got = jax.jit(loss)(*on_device(*batch, np.float32(0.0)))
    image, text, negatives = (part.astype(np.float64) for part in batch)
    wanted = direct(image, text, negatives, "squared_distance", shared, 1.0)
    # Scores are below 30 once centred, and right to some ten roundings.
    np.testing.assert_allclose(got, wanted, atol=10 * 30 * float(np.finfo(np.float32).eps))


@pytest.mark.parametrize("shared", [False, True])
def test_loss_is_that_of_the_exact_checks(shared):
    random = np.random.default_rng(0)
    images, captions = random.normal(size=(6, SIZE)), random.normal(size=(7, SIZE))
    scores = np.array([[critic(a, b, "cosine", 0.3) for b in captions] for a in images])
    negatives = random.integers(0, 7, (7, M))
    image, caption = random.integers(0, 6, (8, K)), random.integers(0, 7, (8, K))
    expected = losses_with_negatives(scores, image, caption, negatives, shared=shared)
    with jax.enable_x64(True):
        got = jax.vmap(HardNegativeInfoNCE(shared=shared), (0, 0, 0, None))(
            *on_device(images[image], captions[caption], captions[negatives[caption]], np.log(0.3))
        )
    np.testing.assert_allclose(got, expected, rtol=1e-12)


@every_option
def test_gradient_is_that_of_finite_differences(similarity, shared):
    objective = HardNegativeInfoNCE(similarity, shared=bool(shared))
    step = 1e-5
    with jax.enable_x64(True):
        at = on_device(*embeddings(1), 0.3)
        along = on_device(*embeddings(2), 1.0)
        gradient = jax.device_get(jax.jit(jax.grad(objective, argnums=(0, 1, 2, 3)))(*at))
        ahead, behind = (
            jax.jit(objective)(*(a + sign * step * d for a, d in zip(at, along, strict=True)))
            for sign in (1.0, -1.0)
        )
    assert all(np.any(part != 0) for part in gradient)
    slope = sum(np.sum(np.multiply(g, d)) for g, d in zip(gradient, along, strict=True))
    # Central differences: a third derivative of at most 1e3 times step^2, and 1e-16 / step.
    np.testing.assert_allclose((float(ahead) - float(behind)) / (2 * step), slope, atol=1e-7)


@pytest.mark.parametrize("similarity", ["squared_distance", "cosine"])
def test_blind_negatives_cost_what_the_theory_says(similarity):
    """Shared, log(1 + M) / 2, exactly and whatever the scores; own, less: T13."""
    image, text, _ = embeddings(3)
    blind = np.repeat(text[:, None], M, axis=1)
    scores = np.array([[critic(a, b, similarity, 0.5) for b in text] for a in image])
    pairs = np.arange(K)[None, :]
    own_surcharge = blind_own_surcharges(scores, pairs, pairs, M)[0]
    with jax.enable_x64(True):
        batch = on_device(image, text, blind, math.log(0.5))
        plain = InfoNCE(similarity=similarity)(batch[0], batch[1], batch[3])
        shared, own = (
            float(HardNegativeInfoNCE(similarity, shared=shared)(*batch) - plain)
            for shared in (True, False)
        )
    np.testing.assert_allclose(shared, math.log(1 + M) / 2, atol=1e-13)
    np.testing.assert_allclose(own, own_surcharge, atol=1e-13)
    assert 0.0 < own < shared


def test_the_temperature_has_a_gradient_only_if_it_is_learned():
    batch = on_device(*(part.astype(np.float32) for part in embeddings(3)), np.float32(0.0))
    for learned in (False, True):
        objective = HardNegativeInfoNCE(learn_temperature=learned)
        gradient = jax.jit(jax.grad(objective, argnums=3))(*batch)
        assert (float(gradient) != 0.0) == learned


@every_option
def test_scores_of_any_size_neither_overflow_nor_vanish(similarity, shared):
    batch = on_device(*(part.astype(np.float32) for part in embeddings(5, scale=30.0)))
    objective = HardNegativeInfoNCE(similarity, shared=bool(shared))
    loss_and_gradient = jax.jit(jax.value_and_grad(objective, argnums=(0, 1, 2)))
    for log_temperature in (-5.0, 8.0):
        found = loss_and_gradient(*batch, jnp.float32(log_temperature))
        assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(found))
        assert found[0].dtype == jnp.float32


def test_objectives_say_whether_they_read_hard_negatives():
    for objective, reads in (
        (InfoNCE(), False),
        (AlignmentUniformity(), False),
        (AlignmentMinusEntropy(), False),
        (HardNegativeInfoNCE(), True),
    ):
        assert isinstance(objective, Objective)
        assert objective.reads_negatives == reads


def test_a_temperature_of_zero_is_refused_in_one_sentence():
    text = r"^temperature: expected a number above 0, got 0\.0$"
    with pytest.raises(ArgumentError, match=text):
        HardNegativeInfoNCE(temperature=0.0)
