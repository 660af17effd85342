"""Worlds that move, and worlds in words."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.exploring.worded_worlds import WORDED_WORLDS, WordedWorld
from experiments.exploring.worlds import MovedWorld, closed_form, negatives_of, orbits_of
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from proofs_check import T6, FiniteWorld, assert_claim, price
from scm.arguments import ArgumentError


@pytest.mark.parametrize(
    ("name", "orbits", "V"),
    [("SWAP", 15, 2), ("REPLACE", 8, 3), ("ADD", 8, 4), ("SWAP of phrases", 24, 2)],
)
def test_the_price_is_on_its_curve_at_every_coverage(name, orbits, V):
    assert orbits_of(name) == orbits
    prices = [MovedWorld.of(name, covered, 0.5, seed=3).price for covered in range(orbits + 1)]
    assert prices == pytest.approx([k / orbits * np.log(V) for k in range(orbits + 1)], abs=1e-12)
    assert prices[-1] == pytest.approx(closed_form(V, 1.0, 0.5))


@pytest.mark.parametrize("theta", [0.05, 0.3, 0.95])
def test_odds_lower_the_price(theta):
    world = MovedWorld.of("SWAP", 6, theta, seed=0)
    entropy = -theta * np.log(theta) - (1 - theta) * np.log(1 - theta)
    assert world.price == pytest.approx(0.4 * entropy, abs=1e-12)
    assert closed_form(2, 0.4, theta) == pytest.approx(world.price, abs=1e-12)


def test_tables_are_those_of_the_world_that_is_built():
    world = MovedWorld.of("SWAP", 5, 0.7, seed=4)
    operator = OPERATOR_WORLDS["SWAP"].operator
    built = FiniteWorld.from_scenes(world.scene_world(4), [operator])
    assert np.array_equal(built.caption, world.finite.caption)
    assert built.probability == pytest.approx(world.finite.probability, abs=1e-6)
    assert built.words is not None
    assert set(world.drawn) == {built.words[y] for y in built.caption.tolist()}


def test_negatives_are_those_of_the_operators_asked_for():
    world = MovedWorld.of("SWAP", 15, 0.5, seed=0).scene_world(0)
    (only,) = negatives_of(world, "a disc left of a ring", ("SWAP",), 2)
    assert (only.caption, only.operators, only.in_support) == (
        *("a ring left of a disc", ("SWAP",)),
        True,
    )


def test_settings_are_refused():
    with pytest.raises(ArgumentError, match=r"name: expected one of SWAP, .*, got 'MINE'"):
        MovedWorld.of("MINE", 1, 0.5, 0)
    with pytest.raises(ArgumentError, match="covered: expected an integer of at least 0, got -1"):
        MovedWorld.of("SWAP", -1, 0.5, 0)


@pytest.mark.parametrize("name", WORDED_WORLDS)
def test_worlds_to_begin_with_are_worlds_of_t6(name):
    assert_claim(T6, WORDED_WORLDS[name].finite())


def test_weights_stand_behind_a_colon():
    world = WordedWorld("cat, dog", "", "a cat: 3\n\n  a   dog :1 ", ("REPLACE",)).finite()
    assert world.probability.tolist() == [0.75, 0.25]
    assert price(world) == pytest.approx(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (
            ("cat, dog", "", "a cat: many", ("SWAP",)),
            "captions: expected a number behind the colon",
        ),
        (("cat, dog", "", "a cat", ()), "operators: expected at least one"),
        (("cat, dog", "", "a cat", ("MIRROR",)), "operators: expected one of .*, got 'MIRROR'"),
        (("cat, dog", "", "", ("SWAP",)), "weights: expected at least one caption"),
        (("cat, dog", "", "a bird", ("SWAP",)), "bird"),
        (("cat, cat", "", "a cat", ("SWAP",)), "cat"),
        (("", "", "a cat", ("SWAP",)), "nouns: expected at least one word"),
    ],
)
def test_what_is_no_world_is_refused(world, message):
    with pytest.raises(ArgumentError, match=message):
        WordedWorld(*world).finite()
