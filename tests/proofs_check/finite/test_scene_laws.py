"""Laws of scenes and encoders that read them, against fractions and numerical optima."""

from __future__ import annotations

import itertools
from fractions import Fraction

import jax
import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from proofs_check import FiniteWorld
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.scene_laws import (
    cost_of_untied_scores,
    label_text,
    law_reading_image,
    scene_laws,
    scene_telling_image,
    tied_scenes,
)
from proofs_check.quantities.contrastive import limit_loss
from proofs_check.quantities.information import mutual_information
from proofs_check.strategies import finite_worlds
from scm import Coverage, SceneConfig, Swap
from scm.scenes.coverage import base_orbits

SEEDS = st.integers(0, 2**32 - 1)

ROUNDING = 1e-12
"""A few hundred operations of eps each, on numbers below 10."""


@given(SEEDS)
@settings(max_examples=200)
def test_laws_are_those_of_fractions(world_of_counts, random_counts, seed):
    counts = random_counts(seed)
    world = world_of_counts(counts)
    label = np.random.default_rng(seed).integers(0, 3, world.captions)
    exact = []
    for of_caption in counts.sum(axis=0):
        joint = [int(of_caption[label == q].sum()) for q in range(label.max() + 1)]
        exact.append(tuple(Fraction(n, max(sum(joint), 1)) for n in joint))
    laws = scene_laws(world, label)
    np.testing.assert_allclose(laws, np.array(exact, float), atol=1e-15)
    first = [exact.index(law) if any(law) else z for z, law in enumerate(exact)]
    assert tied_scenes(laws).tolist() == first


def drawn_scores(world):
    """Critics of `law_reading_image` and `scene_telling_image` over images and orbits."""
    text = label_text(world).embeddings[np.unique(world.orbit, return_index=True)[1]]
    return [
        encoder(world).embeddings @ text.T for encoder in (law_reading_image, scene_telling_image)
    ]


@given(finite_worlds())
def test_scores_are_the_pointwise_information_of_images_and_orbits(world):
    pairs = Pairs.of(world, world.orbit)
    for scores in drawn_scores(world):
        drawn = scores[pairs.image, pairs.label]
        np.testing.assert_allclose(drawn, pairs.pointwise_information, atol=ROUNDING)


@given(finite_worlds())
def test_one_encoder_merges_scenes_of_one_law_and_the_other_tells_all_apart(world):
    reads, tells = law_reading_image(world).embeddings, scene_telling_image(world).embeddings
    tied = tied_scenes(scene_laws(world))
    drawn = np.isin(world.shown, world.scene)
    for x, other in itertools.combinations(range(world.images), 2):
        z, other_z = world.shown[x], world.shown[other]
        assert np.array_equal(tells[x], tells[other]) == (z == other_z)
        if drawn[x] and drawn[other]:
            assert np.array_equal(reads[x], reads[other]) == (tied[z] == tied[other_z])


def averaged(world, scores):
    """Scores with each image's replaced by the mean over drawn images of scenes of its law."""
    members = tied_scenes(scene_laws(world))[world.shown]
    p = np.bincount(world.image, world.probability, world.images)
    result = scores.copy()
    for z in set(members[p > 0].tolist()):
        inside = members == z
        result[inside] = p[inside] @ scores[inside] / p[inside].sum()
    return result


def pair_loss(pairs, scores):
    """L_2, over all batches of two."""
    loss = 0.0
    for a, b in itertools.product(range(len(pairs.probability)), repeat=2):
        batch = scores[np.ix_(pairs.image[[a, b]], pairs.label[[a, b]])]
        halves = logsumexp(batch, axis=0)[0] + logsumexp(batch, axis=1)[0]
        loss += pairs.probability[a] * pairs.probability[b] * (0.5 * halves - batch[0, 0])
    return loss


def random_scores(world, seed):
    shape = (world.images, int(world.orbit.max()) + 1)
    return np.random.default_rng(seed).normal(0.0, 2.0, shape)


@given(finite_worlds(), SEEDS)
def test_averaging_over_scenes_of_one_law_never_costs(world, seed):
    pairs, scores = Pairs.of(world, world.orbit), random_scores(world, seed)
    for loss in (limit_loss, pair_loss):
        assert loss(pairs, averaged(world, scores)) <= loss(pairs, scores) + ROUNDING


@given(finite_worlds(), SEEDS)
def test_scores_that_do_not_tie_cost_what_is_said_at_least(world, seed):
    pairs, scores = Pairs.of(world, world.orbit), random_scores(world, seed)
    excess = limit_loss(pairs, scores) + mutual_information(world, world.orbit)
    least = cost_of_untied_scores(world, scores)
    assert -ROUNDING <= least <= excess + ROUNDING
    assert cost_of_untied_scores(world, averaged(world, scores)) == pytest.approx(0, abs=ROUNDING)
    inside = scores[pairs.image, pairs.label]
    moved = np.abs(averaged(world, scores)[pairs.image, pairs.label] - inside).max()
    assert (least > ROUNDING) == (moved > 1e-9)


def noisy_world(seed):
    """Three scenes, two images each, whose captions are in three orbits; the last two are tied."""
    rng = np.random.default_rng(seed)
    law = rng.dirichlet(np.full(3, 3.0), 3)
    law[2] = law[1]
    scene, which, caption = (index.ravel() for index in np.indices((3, 2, 3)))
    given_scene = rng.dirichlet(np.full(2, 3.0), 3)
    p = rng.dirichlet(np.full(3, 3.0))[scene] * given_scene[scene, which] * law[scene, caption]
    return FiniteWorld(
        scenes=3,
        shown=np.repeat(np.arange(3), 2),
        said=np.zeros(3, int),
        image=2 * scene + which,
        scene=scene,
        caption=caption,
        probability=p,
    )


def half_losses(joint, scores):
    """The image to text and the text to image half of L_inf, with the gradient of each."""
    p_x, p_q = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    to_text, to_image = scores + np.log(p_q), scores + np.log(p_x)
    over_q = logsumexp(to_text, axis=1, keepdims=True)
    over_x = logsumexp(to_image, axis=0, keepdims=True)
    bare = -np.sum(joint * scores)
    return (
        (bare + np.sum(p_x * over_q), p_x * np.exp(to_text - over_q) - joint),
        (bare + np.sum(p_q * over_x), p_q * np.exp(to_image - over_x) - joint),
    )


@pytest.mark.parametrize("seed", range(8))
def test_an_optimum_over_all_critics_has_the_ties_and_no_others(seed):
    """At q scores of two images are apart by log p(q|z) / p(q|z~), without a free constant."""
    world = noisy_world(seed)
    joint = np.zeros((6, 3))
    joint[world.image, world.caption] = world.probability

    def loss(flat):
        (first, first_slope), (second, second_slope) = half_losses(joint, flat.reshape(6, 3))
        return 0.5 * (first + second), 0.5 * (first_slope + second_slope).ravel()

    start = np.random.default_rng(seed).normal(size=18)
    options = {"gtol": 1e-12, "ftol": 0.0, "maxiter": 10_000}
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    assert found.fun == pytest.approx(-mutual_information(world, world.orbit), abs=1e-10)
    scores, laws = found.x.reshape(6, 3), np.log(scene_laws(world))[world.shown]
    # A gradient of 1e-9 over curvatures of 1e-3.
    np.testing.assert_allclose(scores - scores[0], laws - laws[0], atol=1e-5)


def test_image_to_text_alone_forces_no_tie():
    world = noisy_world(0)
    joint = np.zeros((6, 3))
    joint[world.image, world.caption] = world.probability
    scores = drawn_scores(world)[0]
    moved = scores + np.arange(6.0)[:, None]
    tied, apart = half_losses(joint, scores), half_losses(joint, moved)
    assert apart[0][0] == pytest.approx(tied[0][0], abs=ROUNDING)
    assert apart[1][0] > tied[1][0] + 0.1


@pytest.mark.parametrize("rho", [0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("paraphrase", [0.0, 0.25])
def test_at_a_coverage_the_pairs_that_tie_are_those_covered(rho, paraphrase):
    config = SceneConfig(coverage=(Coverage(rho=rho, shown="hashed"),), paraphrase=paraphrase)
    scenes = config.build(jax.random.key(0))
    world = FiniteWorld.from_scenes(scenes, [Swap()])
    tied = tied_scenes(scene_laws(world))
    drawn = np.isin(np.arange(world.scenes), world.scene)
    covered = [orbit for orbit in base_orbits(Swap(), config.grammar) if drawn[orbit].all()]
    assert len(covered) == round(15 * rho)
    groups = {tuple(np.flatnonzero(tied == z).tolist()) for z in tied}
    assert {group for group in groups if len(group) > 1} == {
        tuple(orbit.tolist()) for orbit in covered
    }


@pytest.mark.parametrize(
    ("aware", "accuracy"), [(False, 0.5), (True, 1.0)], ids=["blind", "order-aware"]
)
def test_a_caption_tells_covered_images_apart_only_through_an_order_aware_text(aware, accuracy):
    config = SceneConfig(coverage=(Coverage(rho=1.0),))
    world = FiniteWorld.from_scenes(config.build(jax.random.key(0)), [Swap()])
    label = np.arange(world.captions) if aware else world.orbit
    f, g = law_reading_image(world, label), label_text(world, label)
    scores = f.embeddings @ g.embeddings.T
    caption, negative = world.operators["SWAP"]
    own, other = scores[world.said[caption], caption], scores[world.said[negative], caption]
    assert np.mean((own > other) + 0.5 * (own == other)) == accuracy
