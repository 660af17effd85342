"""Worlds given by the captions that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from proofs_check.finite.caption_world import caption_world
from scm import Replace, SceneConfig
from scm.arguments import ArgumentError

PETS = SceneConfig(
    nouns=("cat", "dog"), attributes=(("white", "black"),), min_objects=1, max_objects=1
)


def test_just_the_captions_given_are_drawn():
    weights = {"a black dog": 1.0, "a white cat": 3.0}
    world = caption_world(PETS, weights, [Replace()])
    assert world.words is not None
    drawn = {world.words[y]: p for y, p in zip(world.caption, world.probability, strict=True)}
    assert drawn == {"a white cat": 0.75, "a black dog": 0.25}
    np.testing.assert_array_equal(world.said[world.caption], world.scene)
    np.testing.assert_array_equal(world.shown[world.image], world.scene)
    edges = {
        (world.words[y], world.words[z]) for y, z in zip(*world.operators["REPLACE"], strict=True)
    }
    assert ("a white cat", "a white dog") in edges
    assert ("a white cat", "a black dog") not in edges
    assert len(edges) == 8


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ({}, "weights: expected at least one caption"),
        ({"a cat": 1.0}, "a cat"),
        ({"a white cat": 0.0}, r"a white cat: expected a number above 0, got 0.0"),
        (
            {"a white cat": 1.0, "a  white cat": 1.0},
            "weights: expected each caption in one spelling, got .*'a white cat' and 'a  white",
        ),
        (
            {"a white cat": 1e300, "a black dog": 1e-300},
            "weights: expected weights of which none is lost beside the largest",
        ),
    ],
)
def test_what_is_no_world_is_refused(weights, text):
    with pytest.raises(ArgumentError, match=text):
        caption_world(PETS, weights, [])


def test_weights_may_be_large():
    world = caption_world(PETS, {"a black dog": 1e308, "a white cat": 1e308}, [])
    np.testing.assert_array_equal(world.probability, [0.5, 0.5])


def test_operators_have_names_of_their_own():
    family = [Replace("object 0 noun"), Replace("object 0 attribute 0")]
    with pytest.raises(ArgumentError, match="operators: expected distinct names, got 'REPLACE, R"):
        caption_world(PETS, {"a white cat": 1.0}, family)
