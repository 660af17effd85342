"""Tolerances that a verdict applies and its figure shows."""

SAMPLING_ERROR = 0.027
"""How far the mean loss of fresh pairs may lie from its expectation, in nats. The optimum's loss of
a batch of 64 has a standard deviation of at most 0.103 in the worlds of operators (ADD with half of
the orbits covered), and so has what blindness adds to it on the same pairs: three standard errors
of 128 batches, 3 * 0.103 / sqrt(128)."""

LOSS_TOLERANCE = SAMPLING_ERROR + 0.013
"""How far a trained loss, or the difference of two on the same pairs, may lie from what is
predicted, in nats. What training leaves, 0.013, is chosen: it is above what was seen, and both
together are less than a third of 0.147, the smallest price above 0 that is asked about."""
