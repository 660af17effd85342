"""The parts of the study of hard negatives."""

from experiments.vocabulary.metrics import SURCHARGE as SURCHARGE

TRANSFER = "transfer"
"""What training on the hard negatives of one operator does for another."""

WORDS = "words"
"""Hard negatives that words over all operators make, by their depth."""

FEW_WORDS = "few words"
MANY_WORDS = "many words"
"""Sizes of the worlds where composition is hard."""
