"""An encoder is added by its file and one line: here, all of it stands in the test."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jaxtyping import Array, Float, Int

from experiments.encoders import ENCODERS, TextEncoderConfig, distinct_rows
from experiments.training.loop import train
from experiments.training.memory import step_bytes
from scm import SceneConfig
from scm.arguments import ArgumentError
from tests.experiments.encoders.contract import (
    assert_encodes,
    assert_sees_what_it_tells_apart,
    assert_trains,
)
from tests.experiments.encoders.encoder_cases import CAPTIONS


@dataclass(frozen=True)
class FirstWordsConfig:
    """A sum over the first words of a caption, each weighed by its place."""

    vocabulary: int = 128
    words: int = 3

    def build(self, inputs: jax.ShapeDtypeStruct, outputs: int, rngs: nnx.Rngs) -> FirstWords:
        del inputs
        return FirstWords(self, outputs, rngs)

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        return distinct_rows(captions[:, : self.words])


class FirstWords(nnx.Module):
    def __init__(self, config: FirstWordsConfig, outputs: int, rngs: nnx.Rngs) -> None:
        self.embed = nnx.Embed(config.vocabulary, outputs, rngs=rngs)
        self.words = config.words

    def __call__(self, inputs: Int[Array, "b length"]) -> Float[Array, "b d"]:
        place = 1.0 + jnp.arange(self.words, dtype=jnp.float32)
        return jnp.einsum("w,bwd->bd", place, self.embed(inputs[:, : self.words]))


@pytest.fixture
def mine(hold):
    """Its config while it is registered, which is undone afterwards."""
    hold(ENCODERS)
    ENCODERS.register("first_words", FirstWordsConfig)
    return FirstWordsConfig()


def test_it_passes_the_contract(mine):
    assert isinstance(mine, TextEncoderConfig)
    assert_encodes(mine, CAPTIONS)
    assert_trains(mine, CAPTIONS)
    assert_sees_what_it_tells_apart(mine)


@dataclass(frozen=True)
class MisstatedConfig(FirstWordsConfig):
    """One that says it sees another number of words than it reads."""

    said: int = 3

    def sees(self, captions: Int[np.ndarray, "captions length"]) -> Int[np.ndarray, " captions"]:
        return distinct_rows(captions[:, : self.said])


@pytest.mark.parametrize("said", [2, 4])
def test_a_false_statement_of_what_is_seen_is_found(said):
    assert_sees_what_it_tells_apart(MisstatedConfig())
    with pytest.raises(AssertionError):
        assert_sees_what_it_tells_apart(MisstatedConfig(said=said))


def test_it_trains_where_ours_do(mine, tiny_config):
    config = dataclasses.replace(
        tiny_config, world=SceneConfig(), text_encoder=mine, steps=2, batch_size=16
    )
    assert step_bytes(config) > step_bytes(dataclasses.replace(config, batch_size=8))
    trained = train(config, (0,))
    assert np.isfinite(trained.losses).all()
    before = jax.tree.leaves(nnx.state(config.build_encoders(0).text))
    after = jax.tree.leaves(nnx.state(trained.encoders[0].text))
    assert any(np.abs(new - old).max() > 0 for new, old in zip(after, before, strict=True))
    few = dataclasses.replace(config, text_encoder=FirstWordsConfig(vocabulary=5))
    with pytest.raises(ArgumentError, match="text_encoder: expected a vocabulary of at least"):
        few.build_encoders(0)


def test_the_command_line_knows_it(mine, tokenscm):  # noqa: ARG001
    code, out, _ = tokenscm("list")
    assert code == 0
    assert "first_words" in out
