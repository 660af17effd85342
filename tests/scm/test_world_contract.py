"""What every world keeps: our worlds keep the contract, and broken ones are told."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import pytest
from jax.core import Tracer

from scm import (
    WORLD_CONTRACT,
    WORLDS,
    Batch,
    Coverage,
    FixedSetConfig,
    HardNegativesConfig,
    MixingConfig,
    PixelImagesConfig,
    Replace,
    SceneConfig,
    SentenceConfig,
    ShuffledConfig,
    Swap,
    TokenConfig,
    VectorImagesConfig,
    WorldExample,
    assert_world,
    world_contract,
)
from scm.pytree import pytree_dataclass

gentle = MixingConfig(slope=0.5, condition=4.0, corner=0.2)
vectors = VectorImagesConfig(code_size=6, n_dp=2, n_pr=2)

EXAMPLES = {
    "sentence": WorldExample(
        SentenceConfig(),
        SentenceConfig(
            law="dag",
            edge_probability=0.7,
            strength=2.0,
            causal=True,
            style="copy",
            style_change=0.3,
            unwritten=1,
            unseen=2,
            mixing_img=gentle,
            mixing_txt=gentle,
        ),
    ),
    "tokens": WorldExample(
        TokenConfig(),
        TokenConfig(
            law="gaussian",
            causal=True,
            spread="all",
            dependence=1.0,
            unwritten=2,
            unmentioned=0.5,
            mixing_img=gentle,
        ),
    ),
    "scenes": WorldExample(
        SceneConfig(images=vectors),
        SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),)),
    ),
    "scenes of pixels": WorldExample(
        SceneConfig(images=PixelImagesConfig(resolution=16)),
        SceneConfig(images=PixelImagesConfig(resolution=16, jitter=0.5, sensor_noise=0.25)),
    ),
    "shuffled": WorldExample(
        ShuffledConfig(SceneConfig(images=vectors)),
        ShuffledConfig(SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),))),
    ),
    "fixed set": WorldExample(
        FixedSetConfig(SceneConfig(images=vectors), 96),
        FixedSetConfig(SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),)), 96),
    ),
    "hard negatives": WorldExample(
        HardNegativesConfig(SceneConfig(images=vectors), (Swap(), Replace()), 2, 3),
        HardNegativesConfig(
            SceneConfig(images=vectors, coverage=(Coverage(Swap(), 0.5),)),
            (Swap(), Replace()),
            2,
            3,
        ),
    ),
}


EXAMPLES |= {
    name: WorldExample(config())
    for name, config in WORLDS.items()
    if config not in {type(example.config) for example in EXAMPLES.values()}
}
"""And those whose siblings stand in tests of their own."""


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request):
    return EXAMPLES[request.param]


@pytest.mark.parametrize("check", WORLD_CONTRACT, ids=lambda check: check.__name__)
def test_a_world_keeps_the_contract(check, example):
    check(example)


@pytree_dataclass
class Drawn:
    """A world of plain normal numbers, of which a test breaks one thing."""

    scale: jax.Array

    def sample(self, key, n):
        z = self.scale * jax.random.normal(key, (n, 2))
        return Batch(image=z, text=-z, latents={"z_inv": z})


@dataclass(frozen=True)
class DrawnConfig:
    scale: float = 1.0
    sides = {"z_inv": "shared"}  # noqa: RUF012

    def build(self, key):
        return Drawn(self.scale * (1.0 + jax.random.uniform(key)))


def without_content(self, key, n):
    z = self.scale * jax.random.normal(key, (n, 2))
    return Batch(image=z, text=-z, latents={"content": z})


def the_same_pair(self, key, n):
    z = self.scale * jax.random.normal(key, (1, 2)) * jnp.ones((n, 1))
    return Batch(image=z, text=-z, latents={"z_inv": z})


def whatever_the_key(self, key, n):
    z = self.scale * jax.random.normal(jax.random.key(0), (n, 2))
    return Batch(image=z, text=-z, latents={"z_inv": z + 0.0 * jax.random.normal(key, (n, 2))})


def without_its_scale(self, key, n):
    z = 0.0 * self.scale + jax.random.normal(key, (n, 2))
    return Batch(image=z, text=-z, latents={"z_inv": z})


def other_compiled(self, key, n):
    z = (1.0 + isinstance(key, Tracer)) * jax.random.normal(key, (n, 2)) * self.scale
    return Batch(image=z, text=-z, latents={"z_inv": z})


BROKEN = {
    without_content: "batches_have_a_row_for_every_pair",
    the_same_pair: "pairs_of_a_batch_differ",
    whatever_the_key: "other_keys_give_other_draws",
    without_its_scale: "numeric_settings_share_one_program",
    other_compiled: "jit_equals_no_jit",
}


def test_the_contract_holds_of_a_users_world():
    assert_world(WorldExample(DrawnConfig(), DrawnConfig(2.0)))
    assert_world(WorldExample(DrawnConfig()))


@pytest.mark.parametrize("sample", BROKEN, ids=lambda sample: sample.__name__)
def test_the_contract_tells_what_is_broken(sample, monkeypatch):
    """Each check fails of some world that only it is made for."""
    monkeypatch.setattr(Drawn, "sample", sample)
    monkeypatch.setattr(world_contract, "_sample", jax.jit(lambda w, key: sample(w, key, 64)))
    (check,) = (check for check in WORLD_CONTRACT if check.__name__ == BROKEN[sample])
    with pytest.raises(AssertionError):
        check(WorldExample(DrawnConfig(), DrawnConfig(2.0)))


def test_sides_that_are_not_those_of_a_batch_are_told(monkeypatch):
    monkeypatch.setattr(DrawnConfig, "sides", {"z_inv": "shared", "z_dp_img": "image"})
    with pytest.raises(AssertionError, match="sides of the blocks z_inv"):
        world_contract.sides_are_those_of_the_blocks_of_a_batch(WorldExample(DrawnConfig()))
