"""Finite worlds: tables against the world they are of, and what is refused."""

from __future__ import annotations

import jax
import numpy as np
import pytest
import scipy.stats

from proofs_check import (
    FiniteWorld,
    Pairs,
    assert_claim,
    mutual_information,
    optimal_loss,
    price,
    scene_entropy,
)
from proofs_check.finite_world import MAX_ENTRIES
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
        ({"said": np.array([0, 1, 2])}, "said: expected indices from 0 to 1"),
        ({"scene_probability": np.array([0.5, 0.6])}, "probability: expected positive numbers"),
        ({"operators": {"SWAP": Edges(np.array([0]), np.array([3]))}}, "SWAP: expected indices"),
    ],
)
def test_tables_that_are_none_are_refused(changed, text):
    with pytest.raises(ArgumentError, match=text):
        _world(**changed)


def test_a_world_past_the_cap_is_refused():
    n = MAX_ENTRIES + 1
    every = np.arange(n)
    with pytest.raises(ArgumentError, match="world: expected at most 1,000,000 entries"):
        FiniteWorld.from_tables(np.full(n, 1 / n), every, np.ones(n), {})


def test_quantities_of_a_world_of_10_000_scenes_have_their_closed_forms():
    """5,000 orbits of two scenes each, all drawn; within 5 s, and in a fraction of one here."""
    n = 10_000
    every = np.arange(n)
    swap = Edges(every, every ^ 1)
    world = FiniteWorld.from_tables(np.full(n, 1 / n), every, np.ones(n), {"SWAP": swap})
    assert price(world) == pytest.approx(np.log(2), abs=1e-10)
    assert scene_entropy(world) == pytest.approx(np.log(2), abs=1e-10)
    assert mutual_information(world) == pytest.approx(np.log(n), abs=1e-10)
    K, p = 256, 2 / n
    chance = scipy.stats.binom.pmf(np.arange(K), K - 1, p)
    expected = np.sum(chance * np.log1p(np.arange(K)))
    blind = optimal_loss(Pairs.of(world, world.orbit), K, batches=2, seed=0)
    assert blind.value == pytest.approx(expected, abs=1e-10)


def test_a_world_without_operators_has_orbits_of_one_and_meets_t6():
    assert_claim("T6", _world(operators={}))
