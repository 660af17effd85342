"""Settings of exact studies that their figures show one by one."""

BIJECTION = "bijection"
FOLD = "fold"

LOWER, UPPER = "lower", "upper"
"""The halves of content that a fold lays on each other."""

SWAP_OF_NOUNS = "SWAP of nouns"
SWAP_OF_ANY = "SWAP of any atoms"
ALL_THREE = "SWAP, REPLACE and ADD"

EQUIPROBABLE = "SWAP, scenes equiprobable"
ODDS = "SWAP, odds"
HALF_COVERED = "SWAP, odds, half covered"
BAG_OVER_PHRASES = "bag of words over two-word objects"
