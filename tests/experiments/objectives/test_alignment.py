"""Alignment, uniformity and entropy against direct formulas, closed forms and another estimator."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist
from scipy.special import digamma, gammaln, polygamma

from experiments.encoders import MLPConfig
from experiments.objectives import (
    AlignmentMinusEntropy,
    AlignmentUniformity,
    alignment,
    entropy,
    uniformity,
)
from experiments.training.config import TrainingConfig
from experiments.training.loop import chunks
from experiments.training.members import members
from experiments.training.mesh import device_mesh
from experiments.training.optimizer import OptimizerConfig
from scm import SentenceConfig, named_key

POINTS = 2000
SIZE = 2
NEIGHBOUR = 3
Z = 5.0

estimate = jax.jit(entropy, static_argnums=1)


def points(seed=0, count=50, size=3):
    return np.random.default_rng(seed).normal(size=(count, size))


@pytest.mark.usefixtures("strict_promotion")
def test_alignment_and_uniformity_are_their_formulas():
    image, text = points(0), points(1)
    with jax.enable_x64(True):
        aligned = alignment(jnp.asarray(image), jnp.asarray(text))
        spread = [uniformity(jnp.asarray(image), t) for t in (0.5, 2.0)]
        total = AlignmentUniformity(weight=3.0, sharpness=0.5)(
            jnp.asarray(image), jnp.asarray(text), jnp.asarray(0.0)
        )
    wanted = np.mean(np.linalg.norm(image - text, axis=1) ** 2)
    np.testing.assert_allclose(aligned, wanted, rtol=1e-12)

    def direct(u, t):
        return math.log(np.mean(np.exp(-t * pdist(u, "sqeuclidean"))))

    np.testing.assert_allclose(spread, [direct(image, 0.5), direct(image, 2.0)], rtol=1e-12)
    both = direct(image, 0.5) + direct(text, 0.5)
    np.testing.assert_allclose(total, wanted + 3.0 * both / 2, rtol=1e-12)


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("offset", [0.0, 300.0])
def test_uniformity_in_float32_is_that_in_float64_wherever_embeddings_lie(offset):
    embedding = (offset + points(12)).astype(np.float32)
    wanted = math.log(np.mean(np.exp(-2 * pdist(embedding.astype(np.float64), "sqeuclidean"))))
    # Squared distances up to 50 once centred, right to some ten roundings.
    np.testing.assert_allclose(uniformity(jnp.asarray(embedding)), wanted, atol=1e-4)


def test_uniformity_of_a_collapsed_encoder_is_0():
    np.testing.assert_allclose(uniformity(jnp.ones((5, 2))), 0.0, atol=1e-6)


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("neighbour", [1, 3, 10])
@pytest.mark.parametrize("size", [1, 3])
def test_entropy_is_the_formula_on_neighbours_found_by_a_tree(neighbour, size):
    embedding = points(2, size=size)
    with jax.enable_x64(True):
        got = estimate(jnp.asarray(embedding), neighbour)
    # A sum of 50 logarithms of size 10, each right to 1e-16.
    np.testing.assert_allclose(got, entropy_by_tree(embedding, neighbour), atol=1e-12)


def entropy_by_tree(embedding, neighbour=NEIGHBOUR):
    """The formula in float64, on distances that a tree takes from differences."""
    exact = np.asarray(embedding, np.float64)
    found = KDTree(exact).query(exact, neighbour + 1)[0]
    size = exact.shape[1]
    ball = size / 2 * math.log(math.pi) - gammaln(size / 2 + 1)
    counts = digamma(len(exact)) - digamma(neighbour)
    return counts + ball + size * np.log(found[:, neighbour]).mean()


def line(rng):
    """As many points in one dimension as the reference simulation's batch has pairs."""
    return rng.uniform(size=(6144, 1))


def cluster(rng):
    return 0.5 + 1e-3 * rng.normal(size=(512, 5))


def collapsed(rng):
    return 0.5 + 1e-4 * rng.normal(size=(512, 5))


def clusters(rng):
    return rng.integers(0, 2, size=(512, 1)) + 1e-4 * rng.normal(size=(512, 3))


in_float32 = pytest.mark.parametrize("draw", [line, cluster, collapsed, clusters])


@pytest.mark.usefixtures("strict_promotion")
@in_float32
def test_entropy_in_float32_is_that_in_float64(draw):
    embedding = draw(np.random.default_rng(10)).astype(np.float32)
    got = estimate(jnp.asarray(embedding), NEIGHBOUR)
    # Logarithms of size 10, of distances right to 1e-7, times up to 5 dimensions.
    np.testing.assert_allclose(got, entropy_by_tree(embedding), atol=5e-5)


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("draw", [cluster, collapsed, clusters])
def test_the_gradient_of_entropy_in_float32_is_that_of_finite_differences(draw):
    """So that an encoder that has all but collapsed is told how to leave."""
    rng = np.random.default_rng(11)
    embedding = draw(rng).astype(np.float32)
    gradient = np.asarray(jax.jit(jax.grad(entropy))(jnp.asarray(embedding)), np.float64)
    along = rng.normal(size=embedding.shape)
    along = gradient / np.linalg.norm(gradient) + along / np.linalg.norm(along)
    step = 1e-9
    ahead, behind = (
        entropy_by_tree(embedding + sign * step * along, NEIGHBOUR) for sign in (1.0, -1.0)
    )
    # Distances above 1e-6 move by 1e-10 at most, and a neighbour is no other on the way.
    np.testing.assert_allclose((ahead - behind) / (2 * step), np.sum(gradient * along), rtol=1e-4)


def test_the_loss_that_training_minimises_is_that_in_float64():
    """Of the last of twenty steps, with one output and a large batch: neighbours are very near."""
    perceptron = MLPConfig((8,), output="cube")
    config = TrainingConfig(
        world=SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=2),
        image_encoder=perceptron,
        text_encoder=perceptron,
        embedding_size=1,
        objective=AlignmentMinusEntropy(neighbour=NEIGHBOUR),
        optimizer=OptimizerConfig(learning_rate=0.01, warmup=2),
        batch_size=1024,
        steps=20,
    )
    steps = chunks(members(config, (0,)), device_mesh(), length=19)
    encoders = next(steps).encoders(0)
    loss = next(steps).losses[0, 0]
    key = jax.random.fold_in(named_key(jax.random.key(0), "data"), 19)
    batch = config.build_world(0).sample(key, config.batch_size)
    image, text = (np.asarray(e, np.float64) for e in encoders(batch))
    aligned = np.mean((image - text) ** 2)
    wanted = aligned - (entropy_by_tree(image) + entropy_by_tree(text)) / 2
    # Compiled alone or in the loop, an embedding may differ by some eps of 1; neighbours are 1e-4
    # apart, so logarithms by 1e-2, of either sign, which a mean of 1024 averages to 3e-4.
    np.testing.assert_allclose(loss, wanted, atol=3e-3)


def tolerance(density_spread):
    """Z standard errors of the estimate.

    Its terms vary by the log density and by the log of a Gamma(m) volume, of variance psi_1(m).
    """
    return Z * math.sqrt((density_spread + polygamma(1, NEIGHBOUR)) / POINTS)


def test_entropy_of_a_gaussian():
    """H = log det(2 pi e S) / 2, and the log density has variance d / 2; the bias is O(m / N)."""
    factor = np.array([[1.0, 0.0], [0.8, 0.5]])
    wanted = 0.5 * np.linalg.slogdet(2 * math.pi * math.e * factor @ factor.T)[1]
    got = estimate(jnp.asarray(points(3, POINTS, SIZE) @ factor.T), NEIGHBOUR)
    assert abs(float(got) - wanted) < tolerance(SIZE / 2) + 10 * NEIGHBOUR / POINTS


def test_entropy_scales_as_it_must():
    """H(c u) = H(u) + d log c, for the estimate as for the quantity."""
    embedding = jnp.asarray(points(4))
    gap = estimate(3.0 * embedding, NEIGHBOUR) - estimate(embedding, NEIGHBOUR)
    np.testing.assert_allclose(gap, 3 * math.log(3.0), atol=1e-4)


EDGE = 2 * SIZE * math.sqrt(NEIGHBOUR / (math.pi * POINTS)) * math.log(2)
"""Bound on the bias at the edges of a square: within the neighbour's distance of one of 2 d faces a
ball sticks out, at most by half, and its volume is taken for up to twice what it holds."""


def test_the_minimum_of_alignment_minus_entropy_is_0_at_the_uniform_cube():
    """A bijection onto the uniform cube, shared by both sides, attains 0 up to the estimate."""
    cube = jnp.asarray(np.random.default_rng(5).uniform(size=(POINTS, SIZE)))
    loss = float(AlignmentMinusEntropy(neighbour=NEIGHBOUR)(cube, cube, jnp.asarray(0.0)))
    assert -EDGE - tolerance(0.0) < loss < tolerance(0.0)


def test_other_densities_on_the_cube_cost_their_negative_entropy():
    """For Beta(2, 3) marginals, -2 H is 0.47 nats, and the density vanishes at the edges."""
    beta = scipy.stats.beta(2, 3)
    sample = beta.rvs(size=(POINTS, SIZE), random_state=np.random.default_rng(6))
    loss = float(
        AlignmentMinusEntropy(neighbour=NEIGHBOUR)(
            jnp.asarray(sample), jnp.asarray(sample), jnp.asarray(0.0)
        )
    )
    grid = np.linspace(1e-6, 1 - 1e-6, 100_001)
    density = 12 * grid * (1 - grid) ** 2
    second_moment = np.trapezoid(density * np.log(density) ** 2, grid)
    spread = SIZE * (second_moment - float(beta.entropy()) ** 2)
    wanted = -SIZE * float(beta.entropy())
    assert wanted > 0.4
    assert abs(loss - wanted) < tolerance(spread) + 10 * NEIGHBOUR / POINTS


@pytest.mark.usefixtures("strict_promotion")
def test_alignment_minus_entropy_adds_its_parts_and_has_their_gradient():
    objective = AlignmentMinusEntropy(neighbour=2, alignment_weight=4.0)
    image, text, along = points(7), points(8), points(9)
    step = 1e-6
    with jax.enable_x64(True):
        u, v, d = (jnp.asarray(part) for part in (image, text, along))
        loss = jax.jit(objective)
        zero = jnp.asarray(0.0)
        spread = estimate(u, 2) + estimate(v, 2)
        np.testing.assert_allclose(loss(u, v, zero), 4.0 * alignment(u, v) - spread / 2, rtol=1e-12)
        slope = jnp.sum(jax.jit(jax.grad(objective))(u, v, zero) * d)
        measured = (loss(u + step * d, v, zero) - loss(u - step * d, v, zero)) / (2 * step)
    # Central differences: 1e-15 / step of rounding, and the curvature of logarithms.
    np.testing.assert_allclose(measured, slope, rtol=1e-5)


def test_repeated_points_give_a_finite_entropy_and_gradient():
    repeated = jnp.ones((10, 2))
    value, gradient = jax.jit(jax.value_and_grad(entropy), static_argnums=1)(repeated, 3)
    assert bool(jnp.isfinite(value))
    assert bool(jnp.isfinite(gradient).all())


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: AlignmentUniformity(weight=-1.0), "weight: expected a number of at least 0, .*"),
        (lambda: AlignmentUniformity(sharpness=0.0), "sharpness: expected a number above 0, .*"),
        (
            lambda: AlignmentMinusEntropy(neighbour=0),
            "neighbour: expected an integer of at least 1, got 0",
        ),
        (
            lambda: AlignmentMinusEntropy(alignment_weight=0.0),
            "alignment_weight: expected a number above 0, got 0.0",
        ),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(made, text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        made()
