"""Scores on hard negatives, against encoders whose scores are known, and the world they read."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.encoders import MLPConfig, TextTransformerConfig
from experiments.objectives import HardNegativeInfoNCE, InfoNCE
from experiments.probes.composition import (
    HardPairs,
    one_hard_negative,
    retrieval,
    some_hard_negatives,
)
from experiments.probes.encoded_world import EncodedWorld
from experiments.training.config import TrainingConfig
from proofs_check import FiniteWorld
from scm import (
    Coverage,
    FixedSetConfig,
    FixedSetSCM,
    HardNegativesConfig,
    SceneConfig,
    Swap,
    VectorImagesConfig,
    named_key,
)
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges

WORLD = SceneConfig(
    nouns=("disc", "square", "ring", "cross"),
    coverage=(Coverage(Swap(), rho=0.5),),
    images=VectorImagesConfig(code_size=8, n_dp=1, n_pr=1),
)
CONFIG = TrainingConfig(
    world=WORLD,
    image_encoder=MLPConfig((8,)),
    text_encoder=TextTransformerConfig(vocabulary=32, width=8, depth=1, heads=2),
    embedding_size=6,
    objective=InfoNCE("cosine", temperature=0.5),
    batch_size=16,
    steps=2,
)
KEY = jax.random.key(0)
PAIRS = 256


def encoded(config=CONFIG):
    return EncodedWorld.create(
        config.build_world(1), config.build_encoders(1), [Swap()], KEY, PAIRS
    )


@pytest.fixture(scope="module")
def untrained():
    with jax.numpy_rank_promotion("allow"):
        return encoded()


def constructed(world, text_of):
    """Encoders of unit vectors: f(x) of its scene, and g(y) as given for each caption."""
    codes = np.eye(world.table.scenes, dtype=np.float32)
    text = np.stack([text_of(y, codes) for y in range(world.table.captions)])
    return dataclasses.replace(world, image=codes[world.scene], text=text.astype(np.float32))


def hard_pairs(world):
    row, negative = one_hard_negative(
        world.table, world.table.family, world.caption, np.zeros(len(world.caption))
    )
    codes = np.eye(world.table.scenes, dtype=np.float32)
    return HardPairs(world, row, negative, codes[world.table.said[negative]])


def test_pairs_are_those_of_the_world_and_embeddings_those_of_the_encoders(untrained):
    encoders, world = CONFIG.build_encoders(1), CONFIG.build_world(1)
    batch = world.sample(KEY, PAIRS)
    np.testing.assert_allclose(untrained.image, encoders.image(batch.image), atol=1e-5)
    text = encoders.text(batch.text)
    np.testing.assert_allclose(untrained.text[untrained.caption], text, atol=1e-5)
    np.testing.assert_array_equal(untrained.table.said[untrained.caption], untrained.scene)
    np.testing.assert_array_equal(untrained.scene, batch.latents["scene"][:, 0])


def test_the_loss_is_the_mean_over_batches(untrained):
    cosine = lambda a: a / np.linalg.norm(a, axis=1, keepdims=True)  # noqa: E731
    losses = []
    for start in range(0, PAIRS, 16):
        rows = slice(start, start + 16)
        text = untrained.text[untrained.caption[rows]].astype(np.float64)
        score = cosine(untrained.image[rows].astype(np.float64)) @ cosine(text).T / 0.5
        denominators = np.log(np.exp(score).sum(0)) + np.log(np.exp(score).sum(1))
        losses.append(np.mean(0.5 * denominators - np.diag(score)))
    assert untrained.loss(CONFIG.objective, 16) == pytest.approx(np.mean(losses), abs=1e-5)


def test_images_of_scenes_show_them(untrained):
    """Of scenes that are never drawn too: the same key gives the images of the same latents."""
    never = np.flatnonzero(~untrained.table.support)
    assert len(never) == 3
    scenes = np.concatenate([never, untrained.scene[:4]])
    first, again = (untrained.images_of(scenes, KEY) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = untrained.images_of(scenes[::-1].copy(), KEY)
    # One scene in the middle, whose place and latents are the same.
    np.testing.assert_allclose(other[len(scenes) // 2], first[len(scenes) // 2], atol=1e-5)
    assert np.abs(other[0] - first[0]).max() > 1e-3


def test_familiarity_is_the_law_or_the_share_of_the_fixed_set(untrained):
    law = np.bincount(untrained.table.caption, untrained.table.probability, 12)
    np.testing.assert_allclose(untrained.familiarity, law)
    fixed = FixedSetConfig(WORLD, 40)
    for world in (fixed, HardNegativesConfig(fixed, (Swap(),))):
        objective = InfoNCE() if world is fixed else HardNegativeInfoNCE()
        config = dataclasses.replace(CONFIG, world=world, objective=objective)
        counts = np.zeros(12)
        for tokens in np.asarray(fixed_set(config.build_world(1)).pairs.text):
            (place,) = np.flatnonzero((untrained.world.caption_table().tokens == tokens).all(1))
            counts[place] += 1 / 40
        np.testing.assert_allclose(encoded(config).familiarity, counts)


def fixed_set(world):
    return world if isinstance(world, FixedSetSCM) else world.world


def test_the_true_optimum_scores_one(untrained):
    world = constructed(untrained, lambda y, codes: codes[untrained.table.said[y]])
    found = hard_pairs(world).measure()
    for metric in ("text score", "image score", "group score", "familiar image", "novel image"):
        assert found[metric] == 1.0, metric
    assert found["text ties"] == found["image ties"] == found["collapsed"] == 0.0
    assert found["image exchange"] == 1.0
    # All captions are orthogonal, but for y' = y, of which there is one in so many.
    drawn = np.bincount(world.table.caption, world.table.probability, 12)
    apart = 1.0 - np.mean(drawn[world.caption])
    assert found["delta"] == pytest.approx(1.0 / apart, rel=1e-5)
    assert retrieval(world) == 1.0


def test_a_blind_encoder_scores_one_half_by_ties(untrained):
    first = np.unique(untrained.table.orbit, return_index=True)[1]
    world = constructed(untrained, lambda y, codes: codes[first[untrained.table.orbit[y]]])
    found = hard_pairs(world).measure()
    assert found["text score"] == found["familiar image"] == found["novel image"] == 0.5
    assert found["text ties"] == 1.0
    assert found["group score"] == found["delta"] == 0.0
    # Images of the first scene of an orbit find its captions: one, or two that tie if covered.
    covered = world.table.support[one_partner(world)]
    shown = world.scene == world.table.said[first[world.table.orbit[world.caption]]]
    nearest = np.where(covered[world.caption], 0.5, 1.0)[shown]
    pairs = dataclasses.replace(
        world.pairs,
        scene=world.scene[shown],
        caption=world.caption[shown],
        images=world.pairs.images[shown],
    )
    of_shown = dataclasses.replace(world, pairs=pairs, image=world.image[shown])
    assert 0.5 < np.mean(nearest) < 1.0
    assert retrieval(of_shown) == pytest.approx(np.mean(nearest))


def one_partner(world):
    """The other caption of each orbit."""
    orbit = world.table.orbit
    return np.array(
        [np.flatnonzero((orbit == orbit[y]) & (np.arange(12) != y))[0] for y in range(12)]
    )


def test_unseen_is_wrong_prefers_the_familiar_caption_for_every_image(untrained):
    """g is blind, but adds a constant direction that all images share to what is drawn."""
    world = untrained
    first = np.unique(world.table.orbit, return_index=True)[1]
    liked = world.table.support

    def text(y, codes):
        return np.append(codes[first[world.table.orbit[y]]], 0.5 if liked[y] else -0.5)

    codes = np.eye(12, dtype=np.float32)
    image = np.concatenate([codes[world.scene], np.full((PAIRS, 1), 0.5, np.float32)], axis=1)
    captions = np.stack([text(y, codes) for y in range(12)]).astype(np.float32)
    biased = dataclasses.replace(world, image=image, text=captions)
    row, negative = one_hard_negative(
        world.table, world.table.family, world.caption, np.zeros(PAIRS)
    )
    shown = codes[world.table.said[negative]]
    image = np.concatenate([shown, np.full((len(row), 1), 0.5, np.float32)], axis=1)
    pairs = HardPairs(biased, row, negative, image)
    novel = pairs.where(pairs.novel).measure()
    assert novel["familiar image"] == 1.0
    assert novel["novel image"] == 0.0
    assert novel["text score"] == 0.5
    assert novel["text ties"] == 0.0
    assert novel["group score"] == 0.0
    assert novel["text only"] == 1.0
    drawn = pairs.where(~pairs.novel).measure()
    assert drawn["text ties"] == 1.0
    assert drawn["text only"] == 0.5


def test_hard_negatives_are_uniform_among_the_distinct_ones():
    """A caption of two results, one of them twice and one that says the same scene; and of none."""
    edges = np.array([[0, 0, 0, 0, 1], [1, 2, 1, 3, 0]])
    table = FiniteWorld.from_tables(
        np.full(4, 0.25), np.array([0, 1, 2, 0, 3]), np.array([0.5, 1, 1, 0.5, 1]), {}
    )
    draws = (np.arange(1000) + 0.5) / 1000
    captions = np.zeros(1000, int)
    row, negative = one_hard_negative(table, Edges(*edges), captions, draws)
    np.testing.assert_array_equal(row, np.arange(1000))
    np.testing.assert_array_equal(np.bincount(negative), [0, 500, 500])
    row, negative = one_hard_negative(
        table, Edges(*edges), np.array([4, 1, 2]), np.array([0.9, 0.9, 0.9])
    )
    np.testing.assert_array_equal(row, [1])
    np.testing.assert_array_equal(negative, [0])


def test_drawn_pairs_hold_hard_negatives_and_images_of_what_they_say(untrained):
    pairs = HardPairs.draw(untrained, untrained.table.family, KEY)
    assert len(pairs.row) == PAIRS
    np.testing.assert_array_equal(pairs.negative, one_partner(untrained)[untrained.caption])
    assert 0.3 < np.mean(pairs.novel) < 0.7
    np.testing.assert_array_equal(pairs.novel, ~untrained.table.support[pairs.negative])
    said = untrained.table.said[pairs.negative]
    shown = untrained.images_of(said, named_key(KEY, "novel images"))
    np.testing.assert_allclose(pairs.image, shown, atol=1e-5)
    assert pairs.where(np.zeros(PAIRS, bool)).measure() == {}
    assert np.isfinite(list(pairs.measure().values())).all()


def test_ties_share_the_first_place(untrained):
    world = constructed(untrained, lambda _, codes: codes[0])
    assert retrieval(world) == pytest.approx(1 / untrained.table.support.sum())
    assert jnp.isnan(hard_pairs(world).measure()["delta"])
    assert hard_pairs(world).measure()["collapsed"] == 1.0


def test_several_hard_negatives_are_distinct_while_they_last():
    """Of captions with three hard negatives each and with one; of one with none it is said."""
    config = dataclasses.replace(
        CONFIG, world=dataclasses.replace(WORLD, nouns=("disc", "square"), coverage=())
    )
    world = encoded(config)
    count = world.table.captions
    every = np.array([(y, z) for y in range(count) for z in range(count) if y != z]).T
    for M in (1, count - 1, 2 * count - 2):
        found = some_hard_negatives(world, Edges(*every), M, KEY)
        assert found.shape == (PAIRS, M)
        for y, negatives in zip(world.caption, found, strict=True):
            often = np.bincount(negatives, minlength=count)
            others = np.delete(often, y)
            assert often[y] == 0
            assert others.max() - others.min() <= (1 if count - 1 > M else 0)
    with pytest.raises(ArgumentError, match="edges: expected an operator that makes a hard neg"):
        some_hard_negatives(world, Edges(*every[:, every[0] > 0]), 1, KEY)


@pytest.mark.parametrize("shared", [True, False])
def test_the_loss_with_hard_negatives_is_that_of_the_objective(untrained, shared):
    objective = HardNegativeInfoNCE("cosine", temperature=0.5, shared=shared)
    negatives = some_hard_negatives(untrained, untrained.table.family, 2, KEY)
    K, temperature = 64, untrained.encoders.log_temperature[...]
    batches = [slice(start, start + K) for start in range(0, PAIRS, K)]
    wanted = np.mean(
        [
            objective(
                jnp.asarray(untrained.image[at]),
                jnp.asarray(untrained.text[untrained.caption[at]]),
                jnp.asarray(untrained.text[negatives[at]]),
                temperature,
            )
            for at in batches
        ]
    )
    assert untrained.loss(objective, K, negatives) == pytest.approx(wanted, rel=1e-5)
    assert untrained.loss(objective, K, negatives) > untrained.loss(CONFIG.objective, K)
