"""White cats and black dogs: the smallest world in which novelty of each step is not enough."""

from __future__ import annotations

import dataclasses

from proofs_check.finite.caption_world import caption_world
from proofs_check.finite.finite_world import FiniteWorld
from scm import Add, Replace, SceneConfig
from scm.operators.operator import Operator

PETS = SceneConfig(
    nouns=("cat", "dog"), attributes=(("white", "black"),), min_objects=1, max_objects=1
)
"""One animal of one colour."""


def colours_replaced() -> FiniteWorld:
    """REPLACE of the colour: white cats become black, and no black cat is ever drawn."""
    return _white_cat_black_dog(Replace("object 0 attribute 0"))


def both_slots_replaced() -> FiniteWorld:
    """REPLACE of colour and animal: two steps lead from the white cat to the black dog."""
    return _white_cat_black_dog(Replace())


def white_dogs_too() -> FiniteWorld:
    """ADD of white: cats never are, dogs may be, so that one of two orbits is covered."""
    config = dataclasses.replace(PETS, attributes=(("white",),), optional_attributes=True)
    drawn = {"a cat": 1.0, "a dog": 2.0, "a white dog": 1.0}
    return caption_world(config, drawn, [Add("white")])


def _white_cat_black_dog(operator: Operator) -> FiniteWorld:
    return caption_world(PETS, {"a white cat": 1.0, "a black dog": 1.0}, [operator])
