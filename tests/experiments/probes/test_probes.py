"""Probes against scikit-learn, and against worlds whose R^2 has a closed form."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.metrics
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression

from experiments.compilation import compilations
from experiments.probes import (
    kernel_ridge,
    kernel_ridge_accuracy,
    kernel_ridge_r2,
    linear_r2,
    mlp_r2,
    r2_score,
)
from experiments.probes.embedding import shuffled
from experiments.probes.identifiability import block_r2
from experiments.probes.kernel_ridge import BANDWIDTHS, RIDGES, TUNING_POINTS
from experiments.probes.one_hot import one_hot
from experiments.probes.sample import probe_sample, split
from scm import SentenceConfig, named_key

SIZES = {"train": TUNING_POINTS + 88, "validation": 150, "test": 200}
LARGE = {"train": 1000, "validation": 200, "test": 1000}


def draw(sizes, function, noise=0.0, columns=3, seed=0):
    """Inputs of different scales and means, and targets that are a function of them plus noise."""
    rng = np.random.default_rng(seed)
    inputs, targets = {}, {}
    for part, n in sizes.items():
        z = rng.normal(size=(n, columns))
        y = function(z)
        inputs[part] = jnp.asarray(z * (1.0, 10.0, 0.1)[:columns] + 2.0, jnp.float32)
        targets[part] = jnp.asarray(y + noise * rng.normal(size=y.shape), jnp.float32)
    return inputs, targets


def smooth(z):
    return np.stack([np.sin(z[:, 0]) + z[:, 1], z[:, 2] ** 2 + 5.0], axis=1)


def linear(z):
    return z @ np.asarray([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]]) + 3.0


def folded(z):
    return np.stack([np.abs(z[:, 0]), z[:, 1] * z[:, 2]], axis=1)


@pytest.fixture
def noisy():
    return draw(SIZES, smooth, noise=0.5)


def test_r2_is_sklearns():
    rng = np.random.default_rng(0)
    target, predicted = (jnp.asarray(rng.normal(size=(50, 4)), jnp.float32) for _ in range(2))
    wanted = sklearn.metrics.r2_score(target, predicted, multioutput="raw_values")
    # Sums of 50 float32 terms, relative to R^2 of about -1.
    np.testing.assert_allclose(r2_score(target, predicted), wanted, rtol=1e-5)
    np.testing.assert_array_equal(r2_score(target, target), np.ones(4))


def test_r2_of_what_does_not_vary_is_0():
    target = jnp.ones((9, 1))
    np.testing.assert_array_equal(r2_score(target, target), [0.0])
    np.testing.assert_array_equal(r2_score(target, 2 * target), [0.0])


def test_linear_is_sklearns(noisy):
    inputs, targets = ({k: np.asarray(v, np.float64) for k, v in side.items()} for side in noisy)
    model = LinearRegression().fit(inputs["train"], targets["train"])
    wanted = sklearn.metrics.r2_score(
        targets["test"], model.predict(inputs["test"]), multioutput="raw_values"
    )
    # Least squares in float32 over inputs of condition number 100.
    np.testing.assert_allclose(linear_r2(*noisy), wanted, atol=1e-4)


def _grid_search(inputs, targets):
    """The test sample's targets as predicted, and the grid's R^2 on the validation sample."""
    inputs, targets = (
        {k: np.asarray(v, np.float64) for k, v in side.items()} for side in (inputs, targets)
    )
    mean, scale = inputs["train"].mean(0), inputs["train"].std(0)
    points = {part: (values - mean) / scale for part, values in inputs.items()}
    offset = targets["train"].mean(0)

    def predict(setting, n, part):
        bandwidth, ridge = setting
        gamma = 1 / (2 * bandwidth**2 * points["train"].shape[1])
        model = KernelRidge(alpha=ridge, kernel="rbf", gamma=gamma)
        model.fit(points["train"][:n], targets["train"][:n] - offset)
        return model.predict(points[part]) + offset

    grid = {
        setting: sklearn.metrics.r2_score(
            targets["validation"], predict(setting, TUNING_POINTS, "validation")
        )
        for setting in itertools.product(BANDWIDTHS, RIDGES)
    }
    return predict(max(grid, key=grid.__getitem__), None, "test"), grid


@pytest.mark.parametrize("seed", [0, 1])
def test_kernel_ridge_is_sklearns_over_the_whole_grid(seed):
    inputs, targets = draw(SIZES, smooth, noise=0.5, seed=seed)
    predicted, grid = _grid_search(inputs, targets)
    wanted = sklearn.metrics.r2_score(targets["test"], predicted, multioutput="raw_values")
    best, second = sorted(grid.values())[-1:-3:-1]
    assert best - second > 1e-6, "the grid's best is not clear, so which is chosen is not either"
    # In float64, at a condition number of at most 856 / 1e-4 = 1e7: 1e7 x 2e-16; returned as
    # float32.
    np.testing.assert_allclose(kernel_ridge_r2(inputs, targets), wanted, atol=1e-6)


def test_blocks_of_targets_are_tuned_each_by_itself():
    """Jointly as one by one; their best settings differ, and one setting for all scores less."""
    inputs, smooth_targets = draw(SIZES, smooth, noise=0.01, seed=0)
    _, noisy = draw(SIZES, smooth, noise=3.0, seed=1)
    rough = jax.random.normal(jax.random.key(5), noisy["train"].shape)
    blocks = [smooth_targets, noisy, noisy | {"train": rough}]
    joint = {part: jnp.concatenate([block[part] for block in blocks], axis=1) for part in SIZES}
    widths = tuple(block["train"].shape[1] for block in blocks)
    apart = jnp.concatenate([kernel_ridge_r2(inputs, block) for block in blocks])
    # Returned as float32, of sums in float64.
    np.testing.assert_allclose(kernel_ridge_r2(inputs, joint, widths), apart, atol=1e-6)
    together = kernel_ridge_r2(inputs, joint)
    assert np.abs(np.asarray(together - apart)).max() > 1e-3


def sectors(z):
    """Three classes of unequal size."""
    return (z[:, 0] + z[:, 1] ** 2 > 0).astype(int) + (z[:, 2] > 0.5).astype(int)


def draw_classes(noise):
    inputs, values = draw(SIZES, lambda z: sectors(z)[:, None], noise)
    return inputs, {part: jnp.round(v).astype(int).clip(0, 2) for part, v in values.items()}


def accuracy(inputs, classes, n_classes=3):
    """Of one concept."""
    (told,) = kernel_ridge_accuracy(inputs, classes, (n_classes,))
    return float(told)


def test_samples_of_many_widths_share_a_program():
    def sample(columns):
        return {part: jnp.ones((48, columns)) for part in ("train", "validation", "test")}

    narrow, wide = (sample(2), sample(3)), (sample(5), sample(7))
    kernel_ridge_r2(*narrow)
    before = compilations()
    kernel_ridge_r2(*wide, widths=(4, 2, 1))
    assert (compilations() - before).programs == 0


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_accuracy_is_that_of_sklearns_predictions_of_one_hot_columns(noise):
    inputs, classes = draw_classes(noise)
    columns = {part: np.eye(3)[np.asarray(those[:, 0])] for part, those in classes.items()}
    predicted, _ = _grid_search(inputs, columns)
    wanted = sklearn.metrics.accuracy_score(classes["test"][:, 0], predicted.argmax(axis=1))
    assert 0.5 < wanted < 1.0
    assert accuracy(inputs, classes) == pytest.approx(wanted, abs=1e-6)


def test_accuracy_of_what_the_inputs_hold_is_1_and_of_what_they_do_not_chance():
    inputs, classes = draw_classes(0.0)
    told = {part: jnp.asarray(one_hot(those, (3,))) for part, those in classes.items()}
    assert accuracy(told, classes) == 1.0
    blind = {part: jnp.zeros_like(those) for part, those in inputs.items()}
    largest = np.bincount(classes["train"][:, 0]).argmax()
    wanted = np.mean(np.asarray(classes["test"]) == largest)
    assert accuracy(blind, classes) == pytest.approx(wanted, abs=1e-6)


def test_concepts_are_told_jointly_as_one_by_one():
    inputs, classes = draw_classes(0.5)
    few = {part: those // 2 for part, those in classes.items()}
    scrambled = {part: those[::-1] for part, those in classes.items()}
    joint = {
        part: jnp.concatenate([classes[part], few[part], scrambled[part]], axis=1) for part in SIZES
    }
    apart = [accuracy(inputs, classes), accuracy(inputs, few, 2), accuracy(inputs, scrambled)]
    assert len(set(apart)) == 3
    np.testing.assert_allclose(kernel_ridge_accuracy(inputs, joint, (3, 2, 3)), apart, atol=1e-6)


def test_a_class_that_never_occurs_is_allowed():
    inputs, classes = draw_classes(0.0)
    wanted = accuracy(inputs, classes)
    # A column of zeros is predicted as zeros; it moves the mean of R^2 alike in every setting.
    assert accuracy(inputs, classes, 4) == pytest.approx(wanted, abs=1e-6)


def test_kernel_ridge_does_not_read_the_test_sample_to_tune(noisy):
    """With a validation sample of pure noise the strongest ridge wins, though the test says no."""
    inputs, targets = noisy
    rng = np.random.default_rng(1)
    noise = jnp.asarray(rng.normal(size=targets["validation"].shape) * 10, jnp.float32)
    misled = kernel_ridge_r2(inputs, targets | {"validation": noise})
    assert jnp.mean(misled) < jnp.mean(kernel_ridge_r2(inputs, targets)) - 0.05


def test_kernel_ridge_returns_float32_and_leaves_the_mode_of_jax_alone(noisy):
    assert kernel_ridge_r2(*noisy).dtype == jnp.float32
    assert jnp.ones(1).dtype == jnp.float32


def test_a_target_without_variance_scores_0(noisy):
    inputs, targets = noisy
    constant = {part: jnp.full((n, 2), 3.0) for part, n in SIZES.items()}
    del targets
    for score in (
        kernel_ridge_r2(inputs, constant),
        linear_r2(inputs, constant),
        mlp_r2(jax.random.key(0), inputs, constant),
    ):
        np.testing.assert_array_equal(score, [0.0, 0.0])


def test_an_input_without_variance_predicts_nothing(noisy):
    _, targets = noisy
    collapsed = {part: jnp.zeros((n, 3)) for part, n in SIZES.items()}
    for score in (
        kernel_ridge_r2(collapsed, targets),
        linear_r2(collapsed, targets),
        mlp_r2(jax.random.key(0), collapsed, targets),
    ):
        # The mean of 600 training points misses that of the test by at most 4 / sqrt(200).
        assert np.all(np.abs(score) < (4 / np.sqrt(200)) ** 2)


def test_every_probe_solves_a_linear_problem():
    inputs, targets = draw(LARGE, linear)
    for score in (
        kernel_ridge_r2(inputs, targets),
        linear_r2(inputs, targets),
        mlp_r2(jax.random.key(0), inputs, targets),
    ):
        assert np.all(np.asarray(score) > 0.95)


def test_a_nonlinear_problem_needs_a_nonlinear_probe():
    inputs, targets = draw(LARGE, folded)
    line = np.asarray(linear_r2(inputs, targets))
    assert np.all(line < 0.1)
    assert np.all(np.asarray(mlp_r2(jax.random.key(0), inputs, targets)) > 0.8)
    assert np.all(np.asarray(kernel_ridge_r2(inputs, targets)) > 0.8)


def test_the_perceptron_is_a_function_of_its_key(noisy):
    first, again, other = (mlp_r2(jax.random.key(seed), *noisy) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


# A linear world, so that the best prediction of style from content is linear with a known R^2.
LINEAR = SentenceConfig(n_inv=2, n_dp=2, n_pr_img=2, n_pr_txt=0, law="gaussian", causal=True)

# Spread of R^2 over n fresh points: 2 (1 - R^2) sqrt(R^2 / n) <= 0.77 / sqrt(4096) = 0.012; six
# comparisons at 4 deviations, and the fit's own excess of at most 20 effective parameters / 2048.
SPREAD = 4 * 0.012 + 0.01


@pytest.fixture(scope="module")
def linear_world():
    with jax.numpy_rank_promotion("allow"):
        world = LINEAR.build(named_key(jax.random.key(0), "world"))
        return world, dict(probe_sample(world, jax.random.key(1)).latents)


def test_ceilings_are_those_of_a_linear_gaussian_world(linear_world):
    world, latents = linear_world
    factor = {name: np.asarray(value, np.float64) for name, value in world.factors.items()}
    content = factor["z_inv"] @ factor["z_inv"].T
    wanted = {"z_pr_img": 0.0}
    for block in ("z_dp_img", "z_dp_txt"):
        weights = np.asarray(world.style_weights[block], np.float64)
        signal = np.diag(weights @ content @ weights.T)
        noise = np.diag(factor[block] @ factor[block].T)
        wanted[block] = float(np.mean(signal / (signal + noise)))
    assert max(wanted.values()) > 0.3
    blocks = {name: latents[name] for name in ("z_dp_img", "z_dp_txt", "z_pr_img", "z_pr_txt")}
    found = block_r2(latents["z_inv"], blocks, jax.random.key(2))
    assert {score["target"]: score["probe"] for score in found} == dict.fromkeys(wanted, "kernel")
    for score in found:
        assert score["value"] == pytest.approx(wanted[str(score["target"])], abs=SPREAD)


def test_chance_is_0(linear_world):
    _, latents = linear_world
    mixed = shuffled(latents["z_inv"], jax.random.key(3))
    assert sorted(map(tuple, np.asarray(mixed))) == sorted(map(tuple, np.asarray(latents["z_inv"])))
    (score,) = block_r2(mixed, {"z_inv": latents["z_inv"]}, jax.random.key(2))
    assert abs(float(score["value"])) < SPREAD


def test_a_report_scores_every_block_with_every_probe(linear_world):
    _, latents = linear_world
    blocks = {name: latents[name] for name in ("z_dp_img", "z_dp_txt", "z_pr_txt")}
    found = block_r2(latents["z_inv"], blocks, jax.random.key(2), report=True)
    pairs = {(score["target"], score["probe"]): score["value"] for score in found}
    assert len(pairs) == len(found) == 6
    points = split(latents["z_inv"])
    for target in ("z_dp_img", "z_dp_txt"):
        wanted = float(np.mean(linear_r2(points, split(latents[target]))))
        # Joint or apart, least squares is the same up to float32.
        assert pairs[target, "linear"] == pytest.approx(wanted, abs=1e-4)
        # All three are within their spread of the same closed form.
        for probe in ("kernel", "mlp"):
            assert pairs[target, probe] == pytest.approx(wanted, abs=SPREAD)


def test_the_splits_of_a_sample_do_not_overlap():
    n = sum(len(part) for part in split(jnp.zeros((7168, 1))).values())
    parts = split(jnp.arange(n, dtype=jnp.float32)[:, None])
    joined = np.concatenate([np.asarray(parts[name])[:, 0] for name in parts])
    np.testing.assert_array_equal(joined, np.arange(n))
    assert list(parts) == ["train", "validation", "test"]
    assert len(parts["train"]) >= kernel_ridge.TUNING_POINTS
