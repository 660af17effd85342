"""White cats and black dogs: the smallest world in which novelty of each step is not enough."""

from __future__ import annotations

from proofs_check.caption_world import caption_world
from proofs_check.finite_world import FiniteWorld
from scm import Replace, SceneConfig
from scm.operators import Operator

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


def _white_cat_black_dog(operator: Operator) -> FiniteWorld:
    return caption_world(PETS, {"a white cat": 1.0, "a black dog": 1.0}, [operator])
