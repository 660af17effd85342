"""Training on hard negatives: what the loop hands to the objective, and what it refuses."""

from __future__ import annotations

import dataclasses
import json
import math

import jax
import numpy as np
import pytest
from flax import nnx

from experiments.configs.encoding import config_hash, decode, encode
from experiments.encoders import BagOfWordsConfig, MLPConfig, TextTransformerConfig
from experiments.objectives import HardNegativeInfoNCE, InfoNCE
from experiments.studies.shared.blocks import probe_batch
from experiments.training.config import TrainingConfig
from experiments.training.loop import chunks, train
from experiments.training.members import members
from experiments.training.mesh import device_mesh
from proofs_check.quantities.hard_negative_loss import losses_with_negatives
from scm import (
    Add,
    FixedSetConfig,
    HardNegativesConfig,
    Replace,
    SceneConfig,
    Swap,
    VectorImagesConfig,
    Word,
    named_key,
)
from scm.arguments import ArgumentError
from tests.experiments.tiny_studies import untrained_seed

SCENES = SceneConfig(
    nouns=("disc", "square", "ring", "cross"), images=VectorImagesConfig(code_size=4)
)
WORLD = HardNegativesConfig(FixedSetConfig(SCENES, 48), (Swap(), Replace()), depth=1, count=2)
TINY = TrainingConfig(
    world=WORLD,
    image_encoder=MLPConfig((16,)),
    text_encoder=BagOfWordsConfig(hidden=(16,)),
    embedding_size=4,
    objective=HardNegativeInfoNCE(),
    batch_size=24,
    steps=100,
)

# A loss is a mean over 24 pairs of logarithms of sums of up to 72 terms e^s, |s| <= 1 / tau = 20.
# Scores rounded at 6e-8 x 20 and embeddings that are off by 16 x 6e-8 in float32: below 1e-4. A
# step of learned size 0.01 hands that on as in test_training: below 1e-3 after twenty.
ROUNDING = 1e-3


sample = jax.jit(lambda world, key, n: world.sample(key, n), static_argnums=2)


def tiny(shared):
    return dataclasses.replace(TINY, objective=HardNegativeInfoNCE(shared=shared))


def every_leaf(trained):
    return [np.asarray(leaf) for encoders in trained.encoders for leaf in jax.tree.leaves(encoders)]


@pytest.mark.parametrize("shared", [False, True])
def test_the_untrained_loss_is_that_of_the_exact_checks(shared):
    config = tiny(shared)
    found = next(chunks(members(config, (5,)), device_mesh())).losses[0, 0]
    key = jax.random.fold_in(named_key(jax.random.key(5), "data"), 0)
    batch = sample(config.build_world(5), key, config.batch_size)
    assert batch.negatives is not None
    encoders = config.build_encoders(5)
    assert float(encoders.log_temperature[...]) == pytest.approx(math.log(0.05), abs=1e-6)
    image = np.asarray(encoders.image(batch.image), np.float64)
    texts = [batch.text, batch.negatives[:, 0], batch.negatives[:, 1]]
    text = np.concatenate([np.asarray(encoders.text(part), np.float64) for part in texts])
    unit = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (image, text)]
    pairs = np.arange(24)
    # The captions of all pairs are 0 to 23, their negatives 24 to 47 and 48 to 71.
    negatives = np.concatenate([np.stack([pairs + 24, pairs + 48], axis=1), np.zeros((48, 2), int)])
    scores = unit[0] @ unit[1].T / 0.05
    expected = losses_with_negatives(scores, pairs[None], pairs[None], negatives, shared=shared)
    assert found == pytest.approx(expected[0], abs=ROUNDING)


@pytest.mark.parametrize("shared", [False, True])
def test_training_gives_the_same_bits_again_and_learns(shared):
    config = dataclasses.replace(tiny(shared), steps=200)
    first, second = (train(config, (3,)) for _ in range(2))
    np.testing.assert_array_equal(first.losses, second.losses)
    for left, right in zip(every_leaf(first), every_leaf(second), strict=True):
        np.testing.assert_array_equal(left, right)
    # Means over 100 batches whose losses spread by at most 1: 0.5 is more than 8 deviations.
    assert first.losses[0, 1] < first.losses[0, 0] - 0.5
    assert all(np.isfinite(leaf).all() for leaf in every_leaf(first))


def test_seeds_trained_together_are_those_trained_alone():
    together, *alone = (
        next(chunks(members(TINY, seeds), device_mesh())).losses[:, :20]
        for seeds in ((0, 1), (0,), (1,))
    )
    np.testing.assert_allclose(together, np.concatenate(alone), atol=ROUNDING)
    assert np.abs(together[0] - together[1]).min() > 2 * ROUNDING


def test_encoders_embed_hard_negatives_as_they_embed_captions():
    reader = dataclasses.replace(TINY, text_encoder=TextTransformerConfig(width=16, heads=2))
    world, encoders = WORLD.build(jax.random.key(0)), reader.build_encoders(0)
    batch = sample(world, jax.random.key(1), 24)
    embed = nnx.jit(lambda encoders, batch: encoders(batch))
    image, text, negatives = embed(encoders, batch)
    assert negatives.shape == (24, 2, 4)
    alone = dataclasses.replace(batch, negatives=None)
    for found, expected in zip((image, text), embed(encoders, alone), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
    for m in range(2):
        _, expected = embed(encoders, dataclasses.replace(alone, text=batch.negatives[:, m]))
        np.testing.assert_allclose(negatives[:, m], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("world", "objective", "text"),
    [
        (WORLD, InfoNCE(), "one that reads the hard negatives that the world draws, got InfoNCE"),
        (
            WORLD.world,
            HardNegativeInfoNCE(),
            "one that reads no hard negatives, for the world draws none, got HardNegativeInfoNCE",
        ),
    ],
)
def test_objective_and_world_must_agree_on_hard_negatives(world, objective, text):
    config = dataclasses.replace(TINY, world=world, objective=objective)
    with pytest.raises(ArgumentError, match=f"^objective: expected {text}"):
        train(config, (0,))


def test_a_batch_above_the_fixed_set_is_refused():
    text = "^n: expected at most 48, the pairs of the fixed set, got 50"
    with pytest.raises(ArgumentError, match=text):
        train(dataclasses.replace(TINY, batch_size=50), (0,))


def test_probes_see_fresh_pairs_of_the_scenes():
    batch = probe_batch(untrained_seed(TINY))
    plain = dataclasses.replace(TINY, world=SCENES, objective=InfoNCE())
    assert batch.negatives is None
    jax.tree.map(np.testing.assert_array_equal, batch, probe_batch(untrained_seed(plain)))


def test_configs_survive_json():
    family = (Swap("nouns"), Replace("object 0 noun"), Add(), Word((Swap(), Add())))
    world = HardNegativesConfig(WORLD.world, family, depth=3, count=4)
    config = dataclasses.replace(tiny(True), world=world)
    again = decode(json.loads(json.dumps(encode(config))))
    assert again == config
    assert config_hash(again) == config_hash(config)
    assert len({config_hash(c) for c in (config, TINY, tiny(True))}) == 3
