"""Finite worlds: tables against the world they are of, and what is refused."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from proofs_check import FiniteWorld
from scm import OPERATORS, Coverage, SceneConfig
from scm.checks import ArgumentError
from scm.orbits import Edges


def test_tables_of_a_scene_world_agree_with_its_samples():
    config = SceneConfig(
        nouns=("cat", "dog", "owl"), paraphrase=0.25, coverage=(Coverage(rho=0.5),)
    )
    scenes = config.build(jax.random.key(0))
    world = FiniteWorld.from_scenes(scenes, [OPERATORS["SWAP"]()])
    n = 20_000
    batch = scenes.sample(jax.random.key(1), n)
    table = scenes.caption_table()
    caption = table.index(np.asarray(batch.text))
    frequency = np.bincount(caption, minlength=world.captions) / n
    expected = np.zeros(world.captions)
    expected[world.caption] = world.probability
    # 4.5 standard deviations of a frequency, for some dozen captions.
    assert np.all(np.abs(frequency - expected) <= 4.5 * np.sqrt(expected * (1 - expected) / n))
    np.testing.assert_array_equal(world.support, expected > 0)
    np.testing.assert_array_equal(world.said[caption], np.asarray(batch.latents["scene"])[:, 0])
    np.testing.assert_array_equal(world.orbit, table.orbits([OPERATORS["SWAP"]()]))
    assert world.words is not None
    assert world.words[caption[0]] == table.grammar.lexicon.decode(np.asarray(batch.text)[0])


def _world(**changed):
    settings = {
        "scene_probability": np.array([0.5, 0.5]),
        "said": np.array([0, 1, 1]),
        "caption_probability": np.array([1.0, 0.25, 0.75]),
        "operators": {"SWAP": Edges(np.array([0]), np.array([2]))},
    }
    return FiniteWorld.from_tables(**(settings | changed))


def test_orbits_follow_the_operators():
    assert _world().orbit.tolist() == [0, 1, 0]
    assert _world(operators={}).orbit.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"said": np.array([0, 1, 2])}, "index|said"),
        ({"scene_probability": np.array([0.5, 0.6])}, "probability: expected positive numbers"),
        ({"operators": {"SWAP": Edges(np.array([0]), np.array([3]))}}, "SWAP: expected indices"),
    ],
)
def test_tables_that_are_none_are_refused(changed, text):
    with pytest.raises((ArgumentError, IndexError), match=text):
        _world(**changed)
