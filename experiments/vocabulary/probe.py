"""What is probed of a user's encoder, as columns of its report and its figure name it."""

from experiments.vocabulary.encoders import BAG as BAG
from experiments.vocabulary.negatives import ALL as ALL

PROBE = "probe"
"""The report on a user's encoder, in the column ``study``."""

UNTRAINED = "untrained"
"""The encoder whose weights are random."""

BY_OPERATOR, BY_DEPTH, BY_CATEGORY = "kind", "depth", "category"
"""What pairs are grouped by, beside all of them: how the negative is made, by the reading of the
pair; that, and the length of the word; the data set's own label."""

NEGATIVE, PARAPHRASE, UNRELATED = "negative", "paraphrase", "unrelated"
"""What a caption is compared with."""

NEARER = "negative nearer than paraphrase"
"""How often the hard negative is nearer to the caption than the hard positive is."""

DISPLACEMENT_QUANTILE = "quantile of |dg|"
BOTH_CAPTIONS = "both captions"
"""How often both images prefer their caption, which Winoground calls its text score."""

BOTH_IMAGES = "both images"
"""How often both captions prefer their image, which Winoground calls its image score."""


def above(metric: str, other: str) -> str:
    """A number less another of the same captions.

    Args:
        metric: of the number.
        other: what is taken from it.
    """
    return f"{metric} less {other}"
