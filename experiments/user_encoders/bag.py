"""What a bag of words would give: the cosine of counts of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scipy.sparse import csr_array

from experiments.captions.words import words_of
from experiments.user_encoders.directions import Directions


def tokens_of(text: str) -> list[str]:
    """The words of a text in lower case; a text that has none is a word itself.

    Args:
        text: any.
    """
    return [word.text for word in words_of(text)] or [text]


def bag_of_words(texts: Sequence[str]) -> Directions:
    """Directions of counts: y and y' with the same words, in whatever order, are equal.

    So delta of SWAP is exactly 0, and all its pairs tie.

    Args:
        texts: each once.
    """
    words: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for row, text in enumerate(texts):
        for word, count in Counter(tokens_of(text)).items():
            rows.append(row)
            columns.append(words.setdefault(word, len(words)))
            counts.append(float(count))
    found = csr_array((counts, (rows, columns)), shape=(len(texts), len(words)))
    # Equal counts in one order of columns give equal bits.
    found.sort_indices()
    return Directions.of_counts(found)
