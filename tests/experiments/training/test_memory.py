"""Training that plainly does not fit is refused, by shapes alone."""

from __future__ import annotations

import dataclasses

import psutil
import pytest

from experiments.configs.settings import replace
from experiments.encoders import MLPConfig
from experiments.objectives import InfoNCE
from experiments.studies import STUDIES
from experiments.studies.trained.hard_negative_worlds import HARD
from experiments.training import memory
from experiments.training.memory import memory_bytes, require_memory, step_bytes
from scm import FixedSetConfig
from scm.arguments import ArgumentError


def test_a_step_takes_more_by_what_each_pair_does(tiny_config):
    """Linear in the batch with tiles, whose scores are not kept."""
    at = {K: step_bytes(dataclasses.replace(tiny_config, batch_size=K)) for K in (256, 512, 1024)}
    assert at[1024] - at[512] == pytest.approx(2 * (at[512] - at[256]), rel=0.02)
    # At least images and texts, of the first layer's gradient, and a hidden layer of 8 in each.
    world = tiny_config.world
    image, text = (
        world.n_inv + world.n_dp + private for private in (world.n_pr_img, world.n_pr_txt)
    )
    assert at[512] - at[256] >= 256 * 4 * (image + text + 2 * 8)


def test_scores_among_all_pairs_grow_as_the_square(tiny_config):
    def scores(K):
        one, other = (
            dataclasses.replace(tiny_config, batch_size=K, objective=InfoNCE(negatives=negatives))
            for negatives in ("both", "cross")
        )
        return step_bytes(one) - step_bytes(other)

    assert scores(2048) / scores(1024) == pytest.approx(4, rel=0.05)
    # A matrix in float32 of each side's scores at least.
    assert scores(2048) >= 2 * 4 * 2048**2


def test_parameters_count_with_gradients_and_momenta(tiny_config):
    wide = [
        dataclasses.replace(tiny_config, image_encoder=MLPConfig((width,)), batch_size=2)
        for width in (10**6, 2 * 10**6)
    ]
    one, other = map(step_bytes, wide)
    inputs = tiny_config.world.n_inv + tiny_config.world.n_dp + tiny_config.world.n_pr_img
    # Weights and a bias a unit; activations of two pairs are few beside them.
    weights = 10**6 * (inputs + 1 + tiny_config.embedding_size)
    assert other - one == pytest.approx(3 * 4 * weights, rel=0.5)
    assert other - one >= 3 * 4 * weights


def test_memory_is_that_of_the_machine_on_a_cpu():
    assert memory_bytes() == psutil.virtual_memory().total


def test_what_does_not_fit_is_refused(tiny_config, monkeypatch):
    needed = step_bytes(tiny_config)
    monkeypatch.setattr(memory, "memory_bytes", lambda: needed)
    require_memory(tiny_config, "steps=1")
    monkeypatch.setattr(memory, "memory_bytes", lambda: needed - 1)
    with pytest.raises(ArgumentError, match="memory: expected a training step of steps=1 to fit"):
        require_memory(tiny_config, "steps=1")


def test_a_fixed_set_that_does_not_fit_is_refused_before_it_is_drawn(monkeypatch):
    base = STUDIES["hard_negatives"].base().trained.config
    vast = replace(base.world, "world", FixedSetConfig(HARD, 10**12))
    monkeypatch.setattr(FixedSetConfig, "build", None)
    with pytest.raises(ArgumentError, match="memory: expected the fixed set of a point to fit"):
        require_memory(dataclasses.replace(base, world=vast), "a point")
