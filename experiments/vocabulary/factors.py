"""What studies vary, where a column says it by a number that needs a name."""

FRESH = 0
"""The size of the training set where every pair is drawn afresh."""
