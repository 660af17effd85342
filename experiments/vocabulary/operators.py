"""Operators, as columns and captions of figures name them."""

SWAP = "SWAP"
REPLACE = "REPLACE"
ADD = "ADD"

ATOMIC = (SWAP, REPLACE, ADD)
"""Those on single words."""

SWAP_OF_PHRASES = "SWAP of phrases"
