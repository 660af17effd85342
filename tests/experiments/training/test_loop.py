"""One loop: the same bits again, together as alone, on four devices as on one."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.configs.encoding import encode
from experiments.configs.settings import replace
from experiments.encoders import (
    BagOfWordsConfig,
    HiddenWordsConfig,
    SortedPhrasesConfig,
    TextTransformerConfig,
)
from experiments.training.ahead import Ahead
from experiments.training.config import TrainingConfig
from experiments.training.loop import NonFiniteLossError, chunks, train, trains_together
from experiments.training.members import members
from experiments.training.mesh import device_mesh
from scm import FixedSetConfig, SceneConfig, SentenceConfig, named_key
from scm.arguments import ArgumentError

HERE = Path(__file__).parent

# A loss is a mean over B = 64 pairs of logarithms of sums of 64 terms, of size log 64 = 4.2. Added
# in another order each sum is off by at most 64 x 6e-8 relative, so a step's loss by 2 x 64 x 6e-8
# x 4.2 = 3e-5. A step moves parameters by 0.01 along an orthogonalised gradient, which a condition
# number of up to 100 lets be off by 100 times the gradient's relative error of 64 x 6e-8, so by
# 4e-6; twenty such steps move a loss of slope at most 10 by 8e-4.
ROUNDING = 1e-3


def leaves(trained):
    return [np.asarray(leaf) for encoders in trained.encoders for leaf in jax.tree.leaves(encoders)]


def every_loss(config, seeds):
    """The loss of every step of seeds trained together."""
    steps = chunks(members(config, seeds), device_mesh(), 1)
    return np.concatenate([chunk.losses for chunk in steps], axis=1)


def test_the_same_config_and_seed_give_the_same_bits(tiny_config):
    first, second = (train(tiny_config, (3,)) for _ in range(2))
    np.testing.assert_array_equal(first.losses, second.losses)
    for left, right in zip(leaves(first), leaves(second), strict=True):
        np.testing.assert_array_equal(left, right)


def test_another_seed_gives_another_world_and_other_parameters(tiny_config):
    worlds = [jax.tree.leaves(tiny_config.build_world(seed).mixing_img) for seed in (0, 1)]
    assert not np.array_equal(worlds[0][0], worlds[1][0])
    kernels = [
        [leaf for leaf in jax.tree.leaves(tiny_config.build_encoders(seed)) if leaf.ndim == 2]
        for seed in (0, 1)
    ]
    assert all(not np.array_equal(*pair) for pair in zip(*kernels, strict=True))


def test_seeds_trained_together_are_those_trained_alone(tiny_config):
    together = train(tiny_config, (0, 1), together=True)
    alone = train(tiny_config, (0, 1), together=False)
    assert together.losses.shape == alone.losses.shape == (2, 1)
    assert len(together.encoders) == len(alone.encoders) == 2
    np.testing.assert_allclose(together.losses, alone.losses, atol=ROUNDING)
    assert abs(together.losses[0, 0] - together.losses[1, 0]) > 2 * ROUNDING
    for left, right in zip(leaves(together), leaves(alone), strict=True):
        np.testing.assert_allclose(left, right, atol=ROUNDING)


def test_the_untrained_loss_is_that_of_the_initial_encoders(tiny_config):
    config = tiny_config
    first = next(chunks(members(config, (5,)), device_mesh(), 1)).losses
    key = jax.random.fold_in(named_key(jax.random.key(5), "data"), 0)
    batch = config.build_world(5).sample(key, config.batch_size)
    encoders = config.build_encoders(5)
    image, text = (np.asarray(e, np.float64) for e in encoders(batch))
    temperature = np.exp(np.float64(encoders.log_temperature[...]))
    score = -np.sum((image[:, None] - text[None]) ** 2, axis=-1) / temperature
    forward = np.log(np.exp(score).sum(1)) - np.diag(score)
    backward = np.log(np.exp(score).sum(0)) - np.diag(score)
    wanted = 0.5 * np.mean(forward + backward)
    assert first[0, 0] == pytest.approx(wanted, abs=ROUNDING)


def test_the_loss_decreases(tiny_config):
    config = replace(dataclasses.replace(tiny_config, steps=300), "optimizer.learning_rate", 0.05)
    trained = train(config, (0,))
    assert list(trained.step_counts) == [100, 200, 300]
    first, *_, last = trained.losses[0]
    # Means over 100 batches of 64 pairs, whose losses spread by at most 1: 0.15 is 8 deviations.
    assert last < first - 0.15


def test_the_curve_holds_means_of_chunks_of_which_the_last_may_be_shorter(tiny_config):
    reports = []
    config = dataclasses.replace(tiny_config, steps=120)
    trained = train(config, (3,), report=lambda done, loss: reports.append((done, loss)))
    assert list(trained.step_counts) == [100, 120]
    assert [done for done, _ in reports] == [100, 20]
    np.testing.assert_allclose([loss for _, loss in reports], trained.losses[0], rtol=1e-6)
    losses = every_loss(config, (3,))[0]
    wanted = [losses[:100].mean(), losses[100:].mean()]
    # A hundred steps, not twenty: five times the bound.
    np.testing.assert_allclose(trained.losses[0], wanted, atol=5 * ROUNDING)


def test_settings_of_one_shape_share_one_program(tiny_config, monkeypatch):
    train(tiny_config, (0,))
    monkeypatch.setattr(Ahead, "_compile", lambda *_: pytest.fail("a program is compiled"))
    for path, value in {
        "world.law": "gaussian",
        "world.causal": True,
        "world.style": "copy",
        "world.style_change": 0.25,
        "world.unwritten": 1,
        "world.strength": 2.0,
        "world.mixing_img.slope": 0.5,
        "objective.temperature": 0.5,
        "optimizer.learning_rate": 0.02,
        "optimizer.warmup": 5,
        "optimizer.final_fraction": 0.5,
    }.items():
        train(replace(tiny_config, path, value), (0,))
    train(replace(tiny_config, "world.law", "dag"), (4,))


DEVICES = """
import json, jax
from experiments.configs.encoding import decode
from experiments.training.loop import chunks, train
from experiments.training.members import members
from experiments.training.mesh import device_mesh
config = decode(json.loads(input()))
devices = jax.devices()
assert len(devices) == 4
losses = {
    n: [
        float(chunk.losses[0, 0])
        for chunk in chunks(members(config, (0,)), device_mesh(devices[:n]), 1)
    ]
    for n in (1, 4)
}
try:
    train(config.__class__(batch_size=6), (0,))
except ValueError as error:
    losses["error"] = str(error)
print(json.dumps(losses))
"""


def test_four_devices_give_the_losses_of_one(tiny_config):
    flags = "--xla_force_host_platform_device_count=4"
    done = subprocess.run(
        [sys.executable, "-c", DEVICES],
        input=json.dumps(encode(tiny_config)),
        env={**os.environ, "XLA_FLAGS": flags, "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert len(found["1"]) == tiny_config.steps
    np.testing.assert_allclose(found["4"], found["1"], atol=ROUNDING)
    assert found["error"] == (
        "devices: expected a number that divides the batch size of 6, as 3 does "
        "(by CUDA_VISIBLE_DEVICES=0,1,2, or on a CPU by JAX_NUM_CPU_DEVICES=3), got 4"
    )


def test_a_loss_that_diverges_names_study_seed_and_step(tiny_config):
    config = replace(tiny_config, "optimizer.learning_rate", 1e30)
    finite = np.isfinite(every_loss(config, (3,))[0])
    step = int(np.argmin(finite))
    assert not finite[step]
    with pytest.raises(NonFiniteLossError, match=f"in study volcano, seed 3, step {step};"):
        train(config, (3,), study="volcano")


@dataclass(frozen=True)
class PoisonedConfig:
    """A world that is not a number for one seed."""

    seed: int
    world: SentenceConfig

    def build(self, key):
        poison = jax.random.key_data(key) == jax.random.key_data(
            named_key(jax.random.key(self.seed), "world")
        )
        world = self.world.build(key)
        return dataclasses.replace(world, seen=world.seen + jnp.where(poison.all(), jnp.nan, 0.0))


def test_a_loss_that_is_not_a_number_names_the_seed_of_several(tiny_config):
    config = dataclasses.replace(tiny_config, world=PoisonedConfig(1, tiny_config.world))
    with pytest.raises(NonFiniteLossError, match="got nan in study user, seed 1, step 0;"):
        train(config, (0, 1), together=True)
    train(config, (0,))


def test_what_does_not_share_a_program_does_not_train_together(tiny_config):
    wider = dataclasses.replace(tiny_config, batch_size=2 * tiny_config.batch_size)
    longer = dataclasses.replace(tiny_config, steps=2 * tiny_config.steps)
    for other, expected in ((wider, "that share a program"), (longer, "of as many steps")):
        group = members(tiny_config, (0,)) + members(other, (0,))
        with pytest.raises(ArgumentError, match=f"group: expected members {expected}, got"):
            next(chunks(group, device_mesh()))


def test_on_a_cpu_one_is_trained_after_the_other():
    assert trains_together() == (jax.default_backend() != "cpu")


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"embedding_size": 0}, "embedding_size: expected an integer of at least 1, got 0"),
        ({"batch_size": 1}, "batch_size: expected an integer of at least 2, got 1"),
        ({"steps": 0}, "steps: expected an integer of at least 1, got 0"),
    ],
)
def test_bad_settings_are_refused(setting, text):
    with pytest.raises(ArgumentError, match=text):
        TrainingConfig(**setting)


PETS = SceneConfig(nouns=("disc", "ring"))
WORDS = len(PETS.grammar.lexicon.words)


@pytest.mark.parametrize(
    ("encoder", "known"),
    [
        (BagOfWordsConfig(WORDS - 1), WORDS - 1),
        (SortedPhrasesConfig(TextTransformerConfig(WORDS - 1)), WORDS - 1),
        # The sign of hidden words is one token more.
        (HiddenWordsConfig((1,), "mask", TextTransformerConfig(WORDS)), WORDS - 1),
    ],
)
def test_an_encoder_that_does_not_know_all_words_is_refused(encoder, known):
    text = f"text_encoder: expected a vocabulary of at least {WORDS}, .*, got {known}"
    for world in (PETS, FixedSetConfig(PETS, 4)):
        with pytest.raises(ArgumentError, match=text):
            TrainingConfig(world=world, text_encoder=encoder).build_encoders(0)
