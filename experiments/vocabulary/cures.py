"""What is done against encoders that do not compose, as columns and figures name it."""

from experiments.vocabulary.negatives import NONE as NONE

TEXT_NEGATIVES = "text-only negatives"
ITERATED = "iterated negatives"
FINE_TUNED = "fine-tuned on negatives"
LINEAR = "linear map on negatives"
TRUE_PAIRS = "true pairs"
PAIRS_AND_NEGATIVES = "true pairs and negatives"
COVERAGE = "coverage"
OBJECTIVE = "another objective"
FROZEN = "frozen image encoder"
SCALE = "more of everything"
REFERENCE = "salient places"
"""Kinds of cures; the last is no cure, but a world in which none is needed."""
