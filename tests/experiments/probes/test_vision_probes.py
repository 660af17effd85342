"""Probes of the vision side, on encoders that are not trained, against loops and closed forms."""

from __future__ import annotations

import dataclasses
from itertools import combinations

import jax
import numpy as np
import pytest

from experiments.encoders import PatchPoolConfig
from experiments.probes import sample
from experiments.probes.composition import HardPairs
from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.paired_distance import PairedDistance, in_distribution
from experiments.probes.scene_images import SceneImages, orbits_of_scenes, told_within_orbits
from experiments.probes.score_ties import OrbitScores, tie_cost
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.studies.trained.blind_images import IMAGES
from scm import Replace, SceneConfig, Swap
from scm.arguments import ArgumentError

SWAP = OPERATOR_WORLDS["SWAP"]
PAIRS = 2048


def encode(rho):
    """A bag of words is blind to SWAP too, and compiles in no time."""
    config = SWAP.config(SWAP.world(rho), "bag of words")
    encoders = config.build_encoders(0)
    world = config.build_world(0)
    return EncodedWorld.create(world, encoders, [SWAP.operator], jax.random.key(1), PAIRS)


def draw_pairs(encoded):
    return HardPairs.draw(encoded, encoded.table.operators["SWAP"], jax.random.key(2))


@pytest.fixture(scope="module")
def half():
    return encode(0.5)


@pytest.fixture(scope="module")
def covered():
    return encode(1.0)


@pytest.fixture(scope="module")
def images(half):
    return SceneImages.draw(half, jax.random.key(3), images=32)


@pytest.fixture(scope="module")
def covered_images(covered):
    return SceneImages.draw(covered, jax.random.key(3), images=32)


def unit(vector):
    return vector / np.linalg.norm(vector)


def rms(vectors):
    return np.sqrt(np.mean([vector @ vector for vector in vectors]))


def test_orbits_are_those_of_exchanged_nouns(half):
    members = orbits_of_scenes(half.world, SWAP.operator)
    space = half.world.grammar.space
    nouns = space.concepts[:, [space.noun(0), space.noun(1)]]
    assert members.shape == (15, 2)
    for one, other in members:
        np.testing.assert_array_equal(nouns[one], nouns[other][::-1])


def test_paired_distances_are_those_of_a_loop(half, images):
    pairs = draw_pairs(half)
    pairs = pairs.where(pairs.novel).where(np.arange(20))
    found = PairedDistance.of(pairs, images)
    said = half.table.said
    h = [np.mean([unit(x) for x in of], axis=0) for of in images.directions]
    f = [unit(x) for x in pairs.image]
    g, g_novel = ([unit(half.text[y]) for y in of] for of in (pairs.caption, pairs.negative))
    z, z_novel = ([h[said[y]] for y in of] for of in (pairs.caption, pairs.negative))
    minus = lambda left, right: [a - b for a, b in zip(left, right, strict=True)]  # noqa: E731
    assert found.measured == pytest.approx(rms(minus(f, g_novel)), rel=1e-5)
    assert found.predicted == pytest.approx(rms(minus(z_novel, z)), rel=1e-5)
    tolerance = rms(minus(f, z_novel)) + rms(minus(z, g))
    assert found.tolerance == pytest.approx(tolerance, rel=1e-5)
    gap = np.linalg.norm(np.mean(f, axis=0) - np.mean(g_novel, axis=0))
    assert found.centroid_gap == pytest.approx(gap, rel=1e-5)


def test_the_distance_of_a_blind_encoder_is_within_the_triangle(half, images):
    pairs = draw_pairs(half)
    found = PairedDistance.of(pairs.where(pairs.novel), images)
    assert abs(found.measured - found.predicted) <= found.tolerance


def test_in_distribution_every_fresh_pair_counts(half):
    distance, gap = in_distribution(half)
    apart = [unit(x) - unit(half.text[y]) for x, y in zip(half.image, half.caption, strict=True)]
    assert distance == pytest.approx(rms(apart), rel=1e-5)
    assert gap == pytest.approx(np.linalg.norm(np.mean(apart, axis=0)), rel=1e-4)


def test_scores_of_orbits_are_those_of_loops(half, images):
    members = orbits_of_scenes(half.world, SWAP.operator)
    scores = OrbitScores.of(images, members)
    assert scores.covered.sum() == 2 * 8
    assert (~scores.covered).sum() == 7
    some = scores.where(scores.covered)
    gaps, told = [], []
    for y in some.caption:
        (orbit,) = (orbit for orbit in members if half.table.said[y] in orbit)
        s = [[image @ unit(half.text[y]) / 0.05 for image in images.directions[z]] for z in orbit]
        gaps.append(abs(np.mean(s[0]) - np.mean(s[1])))
        wins = [np.sign(a - b) for a in s[0] for b in s[1]]
        told.append(abs(np.mean(wins)))
    assert some.gap() == pytest.approx(np.mean(gaps), rel=1e-4)
    assert some.told() == pytest.approx(np.mean(told), abs=0.01)


def test_the_rate_of_image_exchange_is_half_whatever_images_score(covered, covered_images):
    """The rate that is averaged over a symmetric law says nothing; the directed one does."""
    members = orbits_of_scenes(covered.world, SWAP.operator)
    exchange = draw_pairs(covered).measure()["image exchange"]
    # Four standard errors of a mean of 2,048 draws.
    assert exchange == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(PAIRS))
    assert OrbitScores.of(covered_images, members).told() > 0.3


def test_tie_costs_are_those_of_loops(half, images):
    members = orbits_of_scenes(half.world, SWAP.operator)
    K, costs = 16, []
    orbit_of = {z: index for index, orbit in enumerate(members) for z in orbit}
    h = images.directions.mean(axis=1)
    for start in range(0, PAIRS, K):
        rows = range(start, start + K)
        for i in rows:
            y = half.caption[i]
            own = [j for j in rows if orbit_of[half.scene[j]] == orbit_of[half.scene[i]]]
            s = np.array([h[half.scene[j]] @ unit(half.text[y]) / 0.05 for j in own])
            costs.append(np.log(np.mean(np.exp(s))) - np.mean(s))
    assert tie_cost(images, members, K) == pytest.approx(np.mean(costs) / 2, rel=1e-4)


def test_in_large_batches_ties_cost_half_the_log_of_cosh(covered, covered_images):
    """Of two equiprobable scenes with gap g: E log cosh(g / 2) / 2, up to the draws of scenes."""
    members = orbits_of_scenes(covered.world, SWAP.operator)
    text = {covered.table.said[y]: unit(covered.text[y]) for y in range(covered.table.captions)}
    gaps = [
        (h0 - h1) @ text[one] / 0.05
        for one, other in members
        for h0, h1 in [covered_images.centre[[one, other]]]
    ]
    wanted = 0.5 * np.mean(np.log(np.cosh(np.array(gaps) / 2)))
    # 2,048 pairs: an orbit has some 137, and its share of either scene errs by a tenth.
    assert tie_cost(covered_images, members, PAIRS) == pytest.approx(wanted, rel=0.1)


def test_a_probe_tells_scenes_but_not_from_a_bag_of_patches(monkeypatch, half):
    for name, points in (("TRAIN", 512), ("VALIDATION", 256), ("TEST", 1024)):
        monkeypatch.setattr(sample, name, points)
    members = orbits_of_scenes(half.world, SWAP.operator)
    assert told_within_orbits(half, members, jax.random.key(4)) > 0.8
    world = dataclasses.replace(SWAP.world(0.5), images=IMAGES)
    config = SWAP.config(world, "bag of words", "pixels", image_encoder=PatchPoolConfig(12, (16,)))
    blind = EncodedWorld.create(
        config.build_world(0), config.build_encoders(0), [SWAP.operator], jax.random.key(1), 64
    )
    # Four standard deviations of a rate of 1,024.
    told = told_within_orbits(blind, members, jax.random.key(4))
    assert told == pytest.approx(0.5, abs=4 * 0.5 / 32)


def test_members_of_orbits_are_compared_pairwise(half, images):
    """Three scenes of an orbit have three gaps."""
    members = np.arange(30).reshape(10, 3)
    captions = np.arange(half.table.captions)[half.table.support][:5]
    scores = OrbitScores(images, members, captions, np.arange(5))
    centre, gaps = images.centre, []
    for orbit, y in enumerate(captions):
        s = [centre[z] @ unit(half.text[y]) / 0.05 for z in members[orbit]]
        gaps += [abs(a - b) for a, b in combinations(s, 2)]
    assert scores.gap() == pytest.approx(np.mean(gaps), rel=1e-4)


def test_a_scene_outside_all_orbits_is_refused_in_one_sentence(half, images):
    """Not taken for one of the last orbit."""
    members = orbits_of_scenes(half.world, SWAP.operator)[:-1]
    text = (
        r"^members: expected an orbit for every scene that is drawn, got 'none for [12] of them'$"
    )
    with pytest.raises(ArgumentError, match=text):
        OrbitScores.of(images, members)
    with pytest.raises(ArgumentError, match=text):
        tie_cost(images, members, 16)


def test_orbits_of_different_sizes_are_refused_in_one_sentence():
    nouns = ("disc", "square", "ring")
    colours = (("red", "blue"), ("large", "small", "tiny"))
    config = SceneConfig(nouns=nouns, attributes=colours, min_objects=1, max_objects=1)
    world = config.build(jax.random.key(0))
    assert orbits_of_scenes(world, Replace("object 0 noun")).shape == (6, 3)
    text = r"^world: expected orbits of SWAP that all have the same number of scenes, got \[\]$"
    with pytest.raises(ArgumentError, match=text):
        orbits_of_scenes(world, Swap())
