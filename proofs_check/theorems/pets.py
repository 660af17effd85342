"""White cats and black dogs: the smallest world in which novelty of each step is not enough."""

from __future__ import annotations

from scm import SceneConfig

PETS = SceneConfig(
    nouns=("cat", "dog"), attributes=(("white", "black"),), min_objects=1, max_objects=1
)
"""One animal of one colour."""

WHITE_CAT_BLACK_DOG = {"a white cat": 1.0, "a black dog": 1.0}
"""Training captions: the animal determines the colour, and the colour the animal."""
