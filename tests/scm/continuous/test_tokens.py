"""Continuous token worlds: what tokens hold, how they depend, and what a text says."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scm import TokenConfig
from scm.continuous.token_mechanism import TokenMechanism

KEY = jax.random.key(0)
SAMPLES = 20_000
Z = 5.0
"""Standard errors a sample statistic may be off: one of 1,000 tests fails by chance with 6e-4."""

READING = 5e-3
"""Float32's 1e-7 times the inverse's condition: two layers of 8.4, a slope of 0.2, a stretch of e,
and content of 5 standard deviations, under 5e-3 with a factor of 5 to spare."""

draw = jax.jit(lambda world, key: world.sample(key, SAMPLES))
read = jax.jit(lambda world, text: world.read(text))
forward = jax.jit(lambda mechanism, content, noise: mechanism.forward(content, noise))
inverse = jax.jit(lambda mechanism, tokens: mechanism.inverse(tokens))

_made = {}


def world_of(**chosen):
    """The world of some settings; all have one size, so all share their compiled programs."""
    name = tuple(sorted(chosen.items()))
    if name not in _made:
        _made[name] = TokenConfig(**chosen).build(KEY)
    return _made[name]


def correlations(a, b):
    a, b = (np.asarray(v, np.float64) for v in (a, b))
    a, b = (v - v.mean(0) for v in (a, b))
    return a.T @ b / len(a) / (a.std(0)[:, None] * b.std(0)[None, :])


def explained(inputs, target):
    """R^2 of the best linear prediction, in sample."""
    design = np.column_stack([np.ones(len(inputs)), inputs])
    residual = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return 1 - residual.var() / target.var()


def mechanism_of(random, n_inv, n_tokens, width, *, mixed):
    """A mechanism whose parameters are drawn by numpy, which compiles nothing."""
    total, hidden = n_tokens * width, 3
    rotation = np.linalg.qr(random.normal(size=(n_inv, n_inv)))[0]
    parameters = (
        rotation if mixed else np.eye(n_inv),
        random.normal(size=(n_inv, total - n_inv)),
        random.normal(size=(n_inv, total - n_inv)),
        random.normal(size=(n_tokens, hidden, total)),
        random.normal(size=(n_tokens, hidden)),
        random.normal(size=(n_tokens, hidden, width)),
        random.normal(size=(n_tokens, hidden, width)),
    )
    return TokenMechanism(*(jnp.asarray(parameter) for parameter in parameters))


@pytest.mark.usefixtures("strict_promotion")
@settings(max_examples=40)
@given(
    shape=st.sampled_from([(4, 4, 3), (5, 3, 2), (2, 5, 1)]),
    mixed=st.booleans(),
    seed=st.integers(0, 2**30),
    scale=st.floats(0.1, 10.0),
)
def test_the_mechanism_is_a_bijection_with_a_closed_inverse(shape, mixed, seed, scale):
    n_inv, n_tokens, width = shape
    random = np.random.default_rng(seed)
    with jax.enable_x64(True):
        mechanism = mechanism_of(random, *shape, mixed=mixed)
        content = scale * random.normal(size=(8, n_inv))
        noise = scale * random.normal(size=(8, n_tokens * width - n_inv))
        tokens = forward(mechanism, jnp.asarray(content), jnp.asarray(noise))
        said, noises = inverse(mechanism, tokens)
    assert tokens.shape == (8, n_tokens, width)
    # Rounding 1e-16 of values up to some 100 (scale, sums of units), stretched by e: below 1e-11.
    np.testing.assert_allclose(said, content, atol=1e-11)
    np.testing.assert_allclose(noises, noise, atol=1e-11)


def test_a_text_gives_back_what_made_it():
    world = world_of(spread="all", dependence=1.0)
    batch = draw(world, jax.random.key(1))
    assert batch.text.shape == (SAMPLES, 4, 3)
    np.testing.assert_allclose(read(world, batch.text), batch.latents["z_inv"], atol=READING)
    noises = jax.jit(lambda text: world.noises(text))(batch.text)
    np.testing.assert_allclose(noises, batch.latents["token_noise"], atol=READING)


def test_a_token_is_a_bijection_of_its_own_noise_and_earlier_tokens_ignore_it():
    """The Jacobian of the tokens in their noise is block triangular, with positive diagonals."""
    mechanism = world_of().mechanism
    jacobian = np.asarray(
        jax.jit(jax.jacobian(lambda e: mechanism.forward(jnp.ones((1, 4)), e[None])[0]))(
            jnp.linspace(-1.0, 1.0, 8)
        )
    )
    for i in range(4):
        own = jacobian[i, 1:, 2 * i : 2 * i + 2]
        np.testing.assert_array_equal(own, np.diag(np.diag(own)))
        assert (np.diag(own) > 0).all()
        np.testing.assert_array_equal(jacobian[i, :, 2 * i + 2 :], 0.0)
        np.testing.assert_array_equal(jacobian[i, 0, 2 * i :], 0.0)


@pytest.mark.parametrize("dependence", [0.0, 1.0])
def test_tokens_see_earlier_ones_only_by_dependence(dependence):
    factual, changed = world_of(dependence=dependence).counterfactual(
        jax.random.key(1), 64, {"token_noise[0]": 3.0}
    )
    moved = np.asarray((factual.text != changed.text).any(axis=(0, 2)))
    np.testing.assert_array_equal(moved, [True, *[dependence > 0] * 3])


def test_dependence_is_about_as_wide_as_configured():
    """Earlier tokens move a coordinate by a standard deviation near `dependence`."""
    mechanism = world_of(dependence=0.8).mechanism
    tokens = mechanism.forward(*(jax.random.normal(KEY, (64, size)) for size in (4, 8)))
    parts = [np.asarray(mechanism._on_token(i, tokens[:, :i])[1]).std(0) for i in (1, 2, 3)]
    assert 0.4 < np.sqrt(np.mean(np.square(parts))) < 1.6


@pytest.mark.parametrize("mixed", [False, True])
def test_slots_go_round_the_tokens(mixed):
    """With no dependence slot j is token j mod 3's, and holds concept j or a share of all."""
    mechanism = mechanism_of(np.random.default_rng(0), 5, 3, 2, mixed=mixed)
    alone = dataclasses.replace(
        mechanism,
        outer_scale=jnp.zeros_like(mechanism.outer_scale),
        outer_shift=jnp.zeros_like(mechanism.outer_shift),
    )
    tokens = forward(alone, jnp.eye(5), jnp.zeros((5, 1)))
    slots = jnp.stack([tokens[:, j % 3, j // 3] for j in range(5)], axis=1)
    np.testing.assert_allclose(slots, mechanism.spread, atol=1e-6)
    assert bool((jnp.abs(slots) > 1e-6).all()) == mixed


def test_spreading_concepts_over_all_tokens_rotates_content():
    share = np.asarray(world_of(spread="all").mechanism.spread, np.float64)
    np.testing.assert_allclose(share @ share.T, np.eye(4), atol=1e-6)
    assert np.abs(share).min() > 1e-3
    np.testing.assert_array_equal(world_of().mechanism.spread, np.eye(4))


def test_image_and_text_are_independent_given_content():
    """Token noises are independent of all that makes the image, and of each other."""
    batch = draw(world_of(law="dag", causal=True), jax.random.key(1))
    noise = np.asarray(batch.latents["token_noise"])
    bound = Z / SAMPLES**0.5
    for block in ("z_inv", "z_dp_img", "z_pr_img"):
        latent = np.asarray(batch.latents[block])
        assert np.abs(correlations(noise, latent)).max() < bound
        assert np.abs(correlations(noise**2, np.abs(latent))).max() < bound
    assert np.abs(correlations(noise, noise) - np.eye(8)).max() < bound


@pytest.mark.parametrize("spread", ["one", "all"])
def test_an_unwritten_concept_leaves_no_bit_in_the_text(spread):
    world = world_of(unwritten=1, spread=spread)
    factual, changed = world.counterfactual(jax.random.key(1), 64, {"z_inv[3]": 5.0})
    np.testing.assert_array_equal(factual.text, changed.text)
    assert bool((factual.image != changed.image).any(axis=1).all())
    said = np.asarray(read(world, factual.text))
    np.testing.assert_allclose(said[:, :3], factual.latents["z_inv"][:, :3], atol=READING)
    np.testing.assert_allclose(said[:, 3], 0.0, atol=READING)


@pytest.mark.parametrize("law", ["independent", "gaussian"])
def test_written_concepts_predict_an_unwritten_one_only_through_their_law(law):
    """R^2 is 0 if independent, 1 - 1 / (S_jj S^-1_jj) if Gaussian with covariance S."""
    world = world_of(law=law, unwritten=1)
    batch = draw(world, jax.random.key(1))
    covariance = np.asarray(world.covariance("z_inv"), np.float64)
    expected = 1 - 1 / (covariance[3, 3] * np.linalg.inv(covariance)[3, 3])
    said = np.asarray(read(world, batch.text))[:, :3]
    measured = explained(said, np.asarray(batch.latents["z_inv"])[:, 3])
    # The standard error of R^2 is at most 2 sqrt(R^2) (1 - R^2) / sqrt(N) < 0.77 / sqrt(N).
    assert abs(measured - expected) < Z / SAMPLES**0.5
    assert (expected > 0.1) == (law == "gaussian")


def test_a_partly_mentioned_concept_is_said_at_its_rate():
    world = world_of(unwritten=2, unmentioned=0.3)
    batch = draw(world, jax.random.key(1))
    said, z_inv = np.asarray(read(world, batch.text)), np.asarray(batch.latents["z_inv"])
    silent = np.abs(said) < READING
    np.testing.assert_allclose(said[~silent], z_inv[~silent], atol=READING)
    # A concept that is said is this small by chance with probability 0.8 READING.
    rates = np.append(silent.mean(0), (silent[:, 2] & silent[:, 3]).mean())
    np.testing.assert_allclose(
        rates, [0, 0, 0.3, 0.3, 0.09], atol=Z * 0.46 / SAMPLES**0.5 + 0.8 * READING
    )


def test_interventions_reach_only_what_descends_from_them():
    world = world_of(causal=True)

    def pair(do):
        return world.counterfactual(jax.random.key(1), 64, do)

    factual, changed = pair({"token_noise": 2.0})
    np.testing.assert_array_equal(factual.image, changed.image)
    for block in ("z_inv", "z_dp_img", "z_pr_img"):
        np.testing.assert_array_equal(factual.latents[block], changed.latents[block])
    np.testing.assert_array_equal(changed.latents["token_noise"], 2.0)
    factual, changed = pair({"z_dp_img": 0.0})
    np.testing.assert_array_equal(factual.text, changed.text)
    factual, changed = pair({"z_inv[0]": 2.0})
    np.testing.assert_array_equal(factual.latents["token_noise"], changed.latents["token_noise"])
    np.testing.assert_allclose(read(world, changed.text)[:, 0], 2.0, atol=READING)


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({"n_tokens": 0}, "n_tokens: expected an integer of at least 1, got 0"),
        (
            {"n_inv": 5, "n_tokens": 2, "token_width": 2},
            "token_width: expected at least 3 for 5 concepts on 2 tokens, got 2",
        ),
        ({"dependence": -1.0}, "dependence: expected a number of at least 0, got -1.0"),
        ({"unmentioned": 1.5}, r"unmentioned: expected a number in \[0, 1\], got 1.5"),
        ({"unwritten": 5}, "unwritten: expected at most n_inv = 4, got 5"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(chosen, text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        TokenConfig(**chosen)


def test_assumption_4_needs_all_of_the_content_on_both_sides():
    assert TokenConfig().satisfies_assumption_4
    assert TokenConfig(unwritten=1, unmentioned=0.0).satisfies_assumption_4
    assert not TokenConfig(unwritten=1).satisfies_assumption_4
    assert not TokenConfig(unseen=1).satisfies_assumption_4
