"""How a caption and its hard negative differ, beside by `experiments.vocabulary.operators`."""

REMOVE = "REMOVE"
"""The undoing of ADD."""

FUNCTION = "function words"
"""In function words or endings alone, which say no atom."""

REORDER = "reorder"
"""The same words in another order, by no few exchanges."""

OTHER = "other"

SAME = "same"
"""Not at all."""

JOINT = "+"
"""Between the operators of a word of several."""
