"""Encoders, as columns and captions of figures name them."""

AWARE = "transformer"
"""The text encoder that reads everything."""

NO_POSITIONS = "no positions"
BAG = "bag of words"
SORTED_PHRASES = "sorted phrases"
COLOUR_MASKED = "colour masked"
COLOUR_DELETED = "colour deleted"
DEEP = "deep transformer"
PLACES = "words in places"

PATCH_POOL = "patch pool"
"""The image encoder that is blind to where an object is."""

PATCH_TRANSFORMER = "patch transformer"
FINE_PATCHES = "patch transformer, small patches"
CNN = "convolutions"
PERCEPTRON = "perceptron"
DEEP_PERCEPTRON = "deep perceptron"
LINEAR = "linear"

BLIND = "blind"
OPTIMAL = "true optimum"
"""Of a theorem, not of training."""

TRUE, PSEUDO = "g*", "g**"
"""Text encoders of a theorem: a true optimum, and a blind one that is as good."""

SECOND_WORD = "second word"
"""Reads the second word alone."""

IMAGE = "image"
TEXT = "text"
"""The two sides, and what their encoders make of it."""


def another_seed(side: str) -> str:
    """The embedding of the same side by another seed."""
    return f"{side} of another seed"
