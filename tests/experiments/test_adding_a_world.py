"""A world of a user's own: one file, one registration, and everything there is takes it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.configs.encoding import decode, encode
from experiments.results.sheets import show
from experiments.training.loop import train
from scm import WORLD_CONTRACT, WORLDS, Batch, ShuffledConfig, WorldExample, block_sides, named_key
from scm.pytree import pytree_dataclass


@dataclass(frozen=True)
class RingConfig:
    """Settings of a world of points on a ring.

    Attributes:
        radius: of the ring.
        blur: standard deviation of the image's noise.
    """

    radius: float = 1.0
    blur: float = 0.1

    @property
    def sides(self):
        return {"z_inv": "shared", "z_pr_img": "image"}

    def build(self, key):
        turn = jax.random.uniform(named_key(key, "turn"), maxval=2 * jnp.pi)
        return RingSCM(jnp.asarray(self.radius, float), jnp.asarray(self.blur, float), turn)


@pytree_dataclass
class RingSCM:
    """An angle, its point on a turned ring beside noise as image, its cosine and sine as text."""

    radius: jax.Array
    blur: jax.Array
    turn: jax.Array

    def sample(self, key, n):
        angle = jax.random.uniform(named_key(key, "angle"), (n, 1), maxval=2 * jnp.pi)
        noise = self.blur * jax.random.normal(named_key(key, "noise"), (n, 1))
        turned = angle + self.turn
        image = [self.radius * jnp.cos(turned), self.radius * jnp.sin(turned), noise]
        return Batch(
            image=jnp.concatenate(image, axis=1),
            text=jnp.concatenate([jnp.cos(angle), jnp.sin(angle)], axis=1),
            latents={"z_inv": angle, "z_pr_img": noise},
        )


@pytest.fixture(autouse=True)
def _registered(hold):
    hold(WORLDS)
    WORLDS.register("ring", RingConfig)


@pytest.mark.parametrize("check", WORLD_CONTRACT, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(check):
    check(WorldExample(RingConfig(), RingConfig(radius=2.0, blur=0.5)))


def test_it_is_listed_and_shown(tokenscm, tmp_path):
    code, out, _ = tokenscm("list")
    assert code == 0
    assert "ring" in out.splitlines()[0].split(": ")[1].split(", ")
    assert tokenscm("show", "ring", "--n", 3)[:2] == (0, "sheets/ring.png\n")
    assert (tmp_path / "sheets" / "ring.png").stat().st_size > 0


def test_its_blocks_stand_on_the_sides_that_it_states():
    blocks = show("ring", 3, 0, operators=False).blocks  # pyright: ignore[reportAttributeAccessIssue]
    assert [(side, list(of)) for side, of in blocks.items()] == [
        ("shared", ["z_inv"]),
        ("image", ["z_pr_img", "image x"]),
        ("text", ["text y"]),
    ]
    assert block_sides(ShuffledConfig(RingConfig())) == RingConfig().sides


def test_it_trains_and_is_stored(tiny_config):
    config = dataclasses.replace(tiny_config, world=RingConfig(), steps=2)
    losses = train(config, (0,)).losses
    assert losses.shape[0] == 1
    assert np.isfinite(losses).all()
    assert decode(encode(config)) == config


def test_of_blocks_that_it_does_not_state_no_side_is_guessed(monkeypatch):
    monkeypatch.delattr(RingConfig, "sides")
    blocks = show("ring", 3, 0, operators=False).blocks  # pyright: ignore[reportAttributeAccessIssue]
    assert list(blocks["unstated"]) == ["z_inv", "z_pr_img"]
    assert list(blocks["image"]) == ["image x"]
