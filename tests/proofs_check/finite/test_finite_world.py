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
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.finite.finite_world import MAX_ENTRIES
from proofs_check.finite.marginal import cells
from proofs_check.finite.scene_laws import scene_laws
from proofs_check.finite.table_encoder import TableEncoder
from scm import OPERATORS, Coverage, SceneConfig
from scm.arguments import ArgumentError
from scm.operators.orbits import Edges


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


ROW = "a one-dimensional array of"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"said": np.array([0, 1, 2])}, "said: expected indices from 0 to 1, got 2"),
        (
            {"scene_probability": np.array([0.5, 0.6])},
            "scene_probability: expected numbers with sum 1, got 1.1",
        ),
        (
            {"scene_probability": np.array([-0.5, 1.5])},
            r"scene_probability: expected numbers in \[0, 1\], got -0.5",
        ),
        # Products of two wrongs would be a law of three captions.
        (
            {"scene_probability": -np.ones(2) / 2, "caption_probability": -np.ones(3)},
            r"scene_probability: expected numbers in \[0, 1\], got -0.5",
        ),
        (
            {"scene_probability": np.array([1.0, np.nan])},
            r"scene_probability: expected numbers in \[0, 1\], got nan",
        ),
        ({"scene_probability": [0.5, 0.5]}, rf"scene_probability: expected {ROW} numbers"),
        # It would be the probability of each.
        (
            {"caption_probability": np.array([2 / 3])},
            "caption_probability: expected 3 numbers, got 1",
        ),
        ({"said": np.array([0, 1])}, "caption_probability: expected 2 numbers, got 3"),
        (
            {"scene_probability": np.array([0.4, 0.6]), "said": np.array([0, 0, 1])},
            "caption_probability: expected a sum of 1 over the captions of each scene that is "
            "drawn, got '1.25 for scene 0'",
        ),
        ({"said": np.zeros(3, int)}, "of each scene that is drawn, got '2 for scene 0'"),
        (
            {"operators": {"SWAP": Edges(np.array([0]), np.array([3]))}},
            "SWAP: expected indices from 0 to 2, got 3",
        ),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_tables_that_are_none_are_refused(changed, text):
    with pytest.raises(ArgumentError, match=text):
        _world(**changed)


TWO = np.arange(2)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"scenes": 0}, "scenes: expected an integer of at least 1, got 0"),
        ({"shown": np.array([0, -1])}, "shown: expected indices from 0 to 1, got -1"),
        ({"said": TWO + 1}, "said: expected indices from 0 to 1, got 2"),
        ({"scene": TWO * 1.0}, rf"scene: expected {ROW} integers, got array\(\[0., 1.\]\)"),
        ({"scene": TWO[None]}, rf"scene: expected {ROW} integers"),
        ({"scene": [0, 1]}, rf"scene: expected {ROW} integers, got \[0, 1\]"),
        ({"caption": TWO > 0}, rf"caption: expected {ROW} integers"),
        # A single image would broadcast.
        ({"image": TWO[:1]}, "image: expected 2 integers, got 1"),
        ({"scene": np.zeros(3, int)}, "scene: expected 2 integers, got 3"),
        ({"caption": TWO[:0]}, "caption: expected 2 integers, got 0"),
        ({"probability": np.array([1.0])}, "image: expected 1 integers, got 2"),
        (
            {"probability": np.array([0.5, 0.6])},
            "probability: expected numbers with sum 1, got 1.1",
        ),
        ({"probability": np.array([1.0, 0.0])}, "probability: expected numbers above 0, got 0.0"),
        ({"probability": np.array([1.5, -0.5])}, r"probability: expected numbers in \[0, 1\]"),
        ({"probability": np.array([0.5, np.nan])}, r"numbers in \[0, 1\], got nan"),
        (
            {"image": TWO * 0, "scene": TWO * 0, "caption": TWO * 0},
            r"each triple of image, scene and caption once, got '\[0, 0, 0\] twice'",
        ),
        ({"operators": {"A": Edges(TWO, TWO[:1])}}, "A: expected 2 integers, got 1"),
        ({"operators": {"A": Edges(TWO, TWO - 1)}}, "A: expected indices from 0 to 1, got -1"),
        ({"words": ["a cat"]}, "words: expected words of 2 captions, got 1"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_entries_that_are_no_law_are_refused(changed, text):
    settings = {
        "scenes": 2,
        "shown": TWO,
        "said": TWO,
        "image": TWO,
        "scene": TWO,
        "caption": TWO,
        "probability": np.full(2, 0.5),
    }
    FiniteWorld(**settings)
    with pytest.raises(ArgumentError, match=text):
        FiniteWorld(**(settings | changed))


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (np.array([0, 1]), "label: expected 3 integers, got 2"),
        (np.array([0]), "label: expected 3 integers, got 1"),
        (np.array([0, 1, -1]), "label: expected integers of at least 0, got -1"),
        (np.array([0.0, 1.0, 1.5]), rf"label: expected {ROW} integers"),
        (np.eye(3, dtype=int), rf"label: expected {ROW} integers"),
    ],
)
@pytest.mark.parametrize(
    "read", [price, scene_entropy, mutual_information, Pairs.of, orbit_criterion, scene_laws]
)
@pytest.mark.usefixtures("as_users_run")
def test_labels_that_are_none_are_refused(read, label, text):
    with pytest.raises(ArgumentError, match=text):
        read(_world(), label)


def test_labels_may_be_any_integers():
    """Names of classes, however large: products of them would leave the range of 64 bits."""
    label = np.array([7, 2**62, 2**62 + 1])
    assert price(_world(), label) == pytest.approx(price(_world(), np.arange(3)))
    assert price(_world(), np.full(3, 2**62)) == pytest.approx(np.log(2))
    many = np.arange(2**16, dtype=np.int32)
    pairs = cells(np.concatenate([many, many]), np.concatenate([many, many[::-1]]))
    # 2^17 pairs, all different, whose places in a square table do not fit 32 bits.
    assert len(np.unique(pairs)) == 2**17


@pytest.mark.parametrize(
    ("image", "label", "probability", "text"),
    [
        (TWO * 0, TWO * 0, TWO * 0 + 0.5, "pairs: expected each pair of image and label once, got"),
        (TWO[:1], TWO, TWO * 0 + 0.5, "image: expected 2 integers, got 1"),
        (TWO, TWO - 1, TWO * 0 + 0.5, "label: expected integers of at least 0, got -1"),
        (TWO, TWO, TWO * 1.0, "probability: expected numbers above 0, got 0.0"),
        (TWO, TWO, TWO * 0 + 0.6, "probability: expected numbers with sum 1, got 1.2"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_pairs_that_are_no_law_are_refused(image, label, probability, text):
    with pytest.raises(ArgumentError, match=text):
        Pairs(image, label, probability)


@pytest.mark.parametrize("table", [np.ones(2), np.array([[0.0], [np.nan]]), [[0.0]]])
@pytest.mark.usefixtures("as_users_run")
def test_embeddings_that_are_no_table_are_refused(table):
    with pytest.raises(ArgumentError, match="embeddings: expected a table of finite numbers"):
        TableEncoder(table)


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
