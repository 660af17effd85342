"""Sentence-level worlds: blocks depend on each other as configured, and on nothing else."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from scm import SentenceConfig

KEY = jax.random.key(0)
SAMPLES = 20_000
PAIRS = 64
Z = 5.0
"""Standard errors a sample statistic may be off: one of 1,000 tests fails by chance with 6e-4."""

BLOCKS = ("z_inv", "z_dp_img", "z_dp_txt", "z_pr_img", "z_pr_txt")
INVERSION = 5e-2
"""Float32's 1e-7 times the condition of three layers of 8.4, two slopes of 0.2, and latents of 3:
5e-3, with a factor of 10 to spare."""

draw = jax.jit(lambda world, key: world.sample(key, SAMPLES))

_made = {}


def world_of(**chosen):
    """The world of some settings; all have one size, so all share their compiled programs."""
    name = tuple(sorted(chosen.items()))
    if name not in _made:
        _made[name] = SentenceConfig(**chosen).build(KEY)
    return _made[name]


def latents_of(world, seed=1):
    batch = draw(world, jax.random.key(seed))
    return {name: np.asarray(block, np.float64) for name, block in batch.latents.items()}


def correlations(a, b):
    a, b = (v - v.mean(0) for v in (a, b))
    return a.T @ b / len(a) / (a.std(0)[:, None] * b.std(0)[None, :])


def residual(inputs, targets):
    """What is left of the targets after linear regression, and the coefficients."""
    design = np.column_stack([np.ones(len(inputs)), inputs])
    coefficients = np.linalg.lstsq(design, targets, rcond=None)[0]
    return targets - design @ coefficients, coefficients


@pytest.mark.parametrize("law", ["independent", "gaussian", "dag"])
@pytest.mark.parametrize("causal", [False, True])
def test_blocks_depend_on_each_other_as_configured(law, causal):
    latents = latents_of(world_of(law=law, causal=causal))
    bound = Z / SAMPLES**0.5
    for a in BLOCKS:
        for b in BLOCKS[: BLOCKS.index(a)]:
            strongest = np.abs(correlations(latents[a], latents[b])).max()
            styles_and_content = not {a, b} & {"z_pr_img", "z_pr_txt"}
            assert (strongest < bound) == (not (causal and styles_and_content)), (a, b)
    for block in BLOCKS:
        among = np.abs(correlations(latents[block], latents[block]) - np.eye(5)).max()
        caused = law == "gaussian" or (law == "dag" and block == "z_inv")
        assert (among > bound) == (caused or (causal and block.startswith("z_dp"))), block


@pytest.mark.parametrize("law", ["independent", "gaussian", "dag"])
def test_regression_recovers_how_content_causes_style_and_leaves_styles_independent(law):
    world = world_of(law=law, causal=True)
    latents = latents_of(world)
    precision = np.linalg.inv(np.cov(latents["z_inv"].T))
    left = {}
    for block in ("z_dp_img", "z_dp_txt"):
        left[block], coefficients = residual(latents["z_inv"], latents[block])
        # Var of a coefficient: noise variance times the precision of its input, over N.
        noise = np.diag(world.covariance(block)) ** 0.5
        error = (np.diag(precision)[:, None] / SAMPLES) ** 0.5 * noise[None, :]
        assert (np.abs(coefficients[1:] - world.style_weights[block].T) < Z * error).all()
        mean = latents["z_inv"].mean(0)
        error = ((1 + mean @ precision @ mean) / SAMPLES) ** 0.5 * noise
        assert (np.abs(coefficients[0] - world.style_offsets[block]) < Z * error).all()
    between = correlations(left["z_dp_img"], left["z_dp_txt"])
    assert np.abs(between).max() < Z / SAMPLES**0.5
    difference = world.style_weights["z_dp_img"] - world.style_weights["z_dp_txt"]
    assert np.abs(difference).min() > 1e-4


def test_the_five_covariances_differ():
    world = world_of(law="gaussian")
    covariances = [np.asarray(world.covariance(block)) for block in BLOCKS]
    for i, one in enumerate(covariances):
        assert np.linalg.eigvalsh(one).min() > 0
        for other in covariances[:i]:
            assert np.abs(one - other).max() > 0.1
            assert np.abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.99


def test_sample_covariances_are_those_of_the_factors():
    """The covariance S_ij of N Gaussians has variance (S_ii S_jj + S_ij^2) / N."""
    world = world_of(law="gaussian")
    for block, latent in latents_of(world).items():
        S = np.asarray(world.factors[block] @ world.factors[block].T, np.float64)
        error = np.sqrt((np.outer(np.diag(S), np.diag(S)) + S**2) / SAMPLES)
        assert (np.abs(np.cov(latent.T) - S) < Z * error).all()
        assert (np.abs(latent.mean(0)) < Z * np.sqrt(np.diag(S) / SAMPLES)).all()


@pytest.mark.parametrize("probability", [0.0, 0.3, 1.0])
def test_a_copied_style_is_perturbed_at_its_rate(probability):
    latents = latents_of(world_of(style="copy", style_change=probability))
    changed = latents["z_dp_txt"] != latents["z_dp_img"]
    error = (probability * (1 - probability) / SAMPLES) ** 0.5
    np.testing.assert_allclose(changed.mean(0), probability, atol=Z * error)
    if probability == 0.3:
        among = correlations(changed.astype(float), changed.astype(float)) - np.eye(5)
        assert np.abs(among).max() < Z / SAMPLES**0.5
        moved = (latents["z_dp_txt"] - latents["z_dp_img"])[changed]
        assert abs(moved.std() - 1) < Z * (0.5 / len(moved)) ** 0.5
    if probability == 1.0:
        # Var = 1 + 1 on the text's side: corr = 1 / sqrt(2).
        shared = np.diag(correlations(latents["z_dp_img"], latents["z_dp_txt"]))
        np.testing.assert_allclose(shared, 0.5**0.5, atol=Z / SAMPLES**0.5)


@pytest.mark.parametrize(
    ("lost", "without", "holding"),
    [({"unwritten": 1}, "text", "image"), ({"unseen": 1}, "image", "text")],
)
def test_a_lost_concept_leaves_no_bit(lost, without, holding):
    world = world_of(**lost)
    factual, changed = world.counterfactual(KEY, PAIRS, {"z_inv[4]": 5.0})
    np.testing.assert_array_equal(getattr(factual, without), getattr(changed, without))
    assert bool((getattr(factual, holding) != getattr(changed, holding)).any(axis=1).all())
    factual, changed = world.counterfactual(KEY, PAIRS, {"z_inv[3]": 5.0})
    assert bool((getattr(factual, without) != getattr(changed, without)).any(axis=1).all())


def test_the_graph_is_readable_and_obeyed():
    """Setting a coordinate moves its children, leaves the bits of what does not descend from it."""
    world = world_of(law="dag")
    adjacency = np.asarray(world.adjacency)
    assert not np.tril(adjacency).any()
    assert 0 < adjacency.sum() < 10
    descends = np.linalg.matrix_power(np.eye(5) + adjacency, 5) > 0
    for i in range(5):
        factual, changed = world.counterfactual(KEY, PAIRS, {f"z_inv[{i}]": 0.5})
        moved = np.asarray(factual.latents["z_inv"] != changed.latents["z_inv"]).mean(0)
        assert (moved[~descends[i]] == 0).all()
        assert (moved[(adjacency[i] > 0) | (np.arange(5) == i)] > 0.9).all()


def test_image_and_text_hold_their_blocks_and_nothing_else():
    world = world_of(law="gaussian", causal=True)
    batch = world.sample(KEY, PAIRS)
    for mixing, vector, blocks in (
        (world.mixing_img, batch.image, ("z_inv", "z_dp_img", "z_pr_img")),
        (world.mixing_txt, batch.text, ("z_inv", "z_dp_txt", "z_pr_txt")),
    ):
        held = np.concatenate([batch.latents[block] for block in blocks], axis=-1)
        np.testing.assert_allclose(mixing.inverse(vector), held, atol=INVERSION)
    for read in (world.image_blocks(batch.image), world.text_blocks(batch.text)):
        for block, values in read.items():
            np.testing.assert_allclose(values, batch.latents[block], atol=INVERSION)
    np.testing.assert_allclose(world.read(batch.text), batch.latents["z_inv"], atol=INVERSION)


def test_assumption_1_needs_conditional_styles_and_all_of_the_content():
    assert SentenceConfig(law="dag", causal=True).satisfies_assumption_1
    assert not SentenceConfig(style="copy").satisfies_assumption_1
    assert not SentenceConfig(unwritten=1).satisfies_assumption_1
    assert not SentenceConfig(unseen=1).satisfies_assumption_1


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({"n_inv": 0}, "n_inv: expected an integer of at least 1, got 0"),
        ({"n_pr_txt": -1}, "n_pr_txt: expected an integer of at least 0, got -1"),
        ({"unseen": 6}, "unseen: expected at most n_inv = 5, got 6"),
        ({"edge_probability": 1.5}, r"edge_probability: expected a number in \[0, 1\], got 1.5"),
        ({"strength": -1.0}, "strength: expected a number of at least 0, got -1.0"),
        ({"style_change": -0.1}, r"style_change: expected a number in \[0, 1\], got -0.1"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(chosen, text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        SentenceConfig(**chosen)
