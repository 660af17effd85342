"""Training that plainly does not fit is refused, by shapes alone."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import ClassVar, Literal

import jax
import jax.numpy as jnp
import psutil
import pytest

from experiments.configs.settings import replace
from experiments.encoders import MLPConfig
from experiments.objectives import (
    AlignmentMinusEntropy,
    AlignmentUniformity,
    InfoNCE,
    SigmoidLoss,
)
from experiments.objectives.tiles import TILE
from experiments.studies import STUDIES
from experiments.studies.trained.hard_negative_worlds import HARD
from experiments.training import memory
from experiments.training.chunk import train_chunk
from experiments.training.members import initial_state, members, worlds_keys_schedules
from experiments.training.memory import (
    largest_array_bytes,
    memory_bytes,
    require_memory,
    step_bytes,
)
from experiments.training.mesh import device_mesh
from scm import FixedSetConfig
from scm.arguments import ArgumentError


def test_a_step_takes_more_by_what_each_pair_does(tiny_config):
    """Linear in the batch once there are several tiles, but for two sums a pair and tile."""
    sizes = (1024, 2048, 4096)
    at = {K: step_bytes(dataclasses.replace(tiny_config, batch_size=K)) for K in sizes}
    sums = 2 * 4 * 4096 * (4096 // TILE)
    assert at[4096] - at[2048] == pytest.approx(2 * (at[2048] - at[1024]), abs=sums)
    # At least images and texts, of the first layer's gradient, and a hidden layer of 8 in each.
    world = tiny_config.world
    image, text = (
        world.n_inv + world.n_dp + private for private in (world.n_pr_img, world.n_pr_txt)
    )
    assert at[2048] - at[1024] >= 1024 * 4 * (image + text + 2 * 8)


@dataclasses.dataclass(frozen=True)
class AllAtOnce:
    """The control: a loss that holds the scores of all pairs."""

    reads_negatives: ClassVar[Literal[False]] = False

    def __call__(self, image, text, log_temperature):
        del log_temperature
        return jnp.mean(jax.nn.logsumexp(image @ text.T, axis=1))


LOSSES = (
    InfoNCE(),
    InfoNCE(negatives="both"),
    SigmoidLoss(),
    AlignmentUniformity(),
    AlignmentMinusEntropy(),
)


@pytest.mark.parametrize("objective", LOSSES)
def test_a_batch_of_65536_pairs_fits_a_small_machine(tiny_config, objective):
    """Below 4 GiB with 16 outputs, whatever the loss; their scores alone would take 16."""

    def bytes_with(objective):
        return step_bytes(
            dataclasses.replace(
                tiny_config, batch_size=65536, embedding_size=16, objective=objective
            )
        )

    # At least a tile, its exponentials and its gradient, in float32.
    assert 3 * 4 * 65536 * TILE < bytes_with(objective) < 2**30
    assert bytes_with(AllAtOnce()) > 16 * 2**30


@pytest.mark.parametrize("objective", LOSSES)
def test_no_array_of_a_compiled_step_has_all_pairs_of_a_batch(tiny_config, objective):
    """The training program itself, with sampling, encoders and optimiser, by its shapes."""
    batch = 65536
    config = dataclasses.replace(
        tiny_config, batch_size=batch, embedding_size=16, objective=objective, steps=1
    )

    def step(config):
        mesh = device_mesh()
        group = members(config, (0,))
        program, state = initial_state(group, mesh)
        chunk = partial(train_chunk, program, 1)
        return largest_array_bytes(chunk, state, *worlds_keys_schedules(group))

    assert step(config) <= 4 * batch * TILE
    assert step(dataclasses.replace(config, objective=AllAtOnce())) >= 4 * batch**2


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
