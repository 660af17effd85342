"""What is found in files of captions, and how it is called."""

SHARE = "share"
"""Of pairs that are read as one kind, see `experiments.vocabulary.readings`."""
ONE_OPERATION = "one operation"
"""Of pairs that are one SWAP, REPLACE or ADD."""
AGREEMENT = "agreement with the category"
"""Of pairs read as one operation whose category names an operator: how many are read as that."""
AGREEMENT_OF_ALL = "agreement with the category, all pairs"
"""The same of all pairs, iterates of the operator included; what is read as none disagrees."""

BY_DEFINITION = "one operation, by definition"
"""The same as words of an atom and what counts as a word vary."""

ITERATED = "iterated"
"""Words of two operators or more, of SWAP, REPLACE and ADD."""
WITH_REMOVAL = "iterated with removal"
"""Words of two operators or more, with REMOVE."""

PAIRS = "pairs"
"""What a file holds."""
RANDOM = "random pairs"
"""A caption and the negative of another, drawn at random."""
NEAREST = "nearest neighbours"
"""A caption and that of all others which shares the most words."""
SHUFFLED = "shuffled words"
"""A caption and the same words in random order."""
CONTROLS = (RANDOM, NEAREST, SHUFFLED)

USUAL = "usual"
STRICT = "strict"
"""Definitions of an operator."""

ALL = "all"
"""Categories of a data set, or data sets."""

AGREES = "agreement with the operator"
"""How often what one operator made is read as one that makes it."""
NO_DEEPER = "read as no deeper word"
"""How often what two operators made is read as a word of one or two."""

PAPER = 0.8
"""Of the hard negatives of ARO and VALSE "up to" so many are one SWAP, REPLACE or ADD
(arXiv 2510.26302, abstract and Figures 3 and 4)."""
