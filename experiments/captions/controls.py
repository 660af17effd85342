"""Pairs that no operator made: what is read of them is read by mistake, or by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from experiments.captions.pairs import CaptionPair
from experiments.captions.words import Part, lemmas, words_of
from experiments.vocabulary.captions import NEAREST, RANDOM, SHUFFLED

MOST = 500
"""Pairs of each control: a share of 5 % is known to 1 %."""


def control_pairs(
    pairs: Sequence[CaptionPair], rng: np.random.Generator
) -> dict[str, list[tuple[str, str]]]:
    """Pairs of captions that are no caption and its hard negative, by the name of the control.

    Args:
        pairs: of a data set.
        rng: what draws at most `MOST` captions, and their partners.

    Returns:
        Captions beside negatives of other captions; beside the captions that share the most words
        with them; beside their own words in random order. None of a data set of one caption.
    """
    captions = list(dict.fromkeys(pair.caption for pair in pairs))
    if len(captions) < 2:
        return {}
    drawn = [int(i) for i in rng.permutation(len(captions))[:MOST]]
    return {
        RANDOM: _random(pairs, [captions[i] for i in drawn], rng),
        NEAREST: _nearest(captions, drawn),
        SHUFFLED: [(captions[i], _shuffled(captions[i], rng)) for i in drawn],
    }


def _random(
    pairs: Sequence[CaptionPair], captions: Sequence[str], rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Each caption with a negative of another."""
    found = []
    for caption in captions:
        other = pairs[int(rng.integers(len(pairs)))]
        while other.caption == caption:
            other = pairs[int(rng.integers(len(pairs)))]
        found.append((caption, other.negative))
    return found


def _nearest(captions: Sequence[str], drawn: Sequence[int]) -> list[tuple[str, str]]:
    """Each caption drawn with the other of largest |A and B| / |A or B|, sets of lemmas A and B."""
    sets = [frozenset(lemmas(words_of(caption), Part.FUNCTION)) for caption in captions]
    places = {word: place for place, word in enumerate(sorted(frozenset().union(*sets)))}
    columns = np.array([places[word] for words in sets for word in sorted(words)], np.int32)
    ends = np.cumsum([0, *map(len, sets)])
    ones = np.ones(len(columns), np.float32)
    has = csr_array((ones, columns, ends), shape=(len(sets), max(len(places), 1)))
    size = np.diff(ends)
    found = []
    for begin in range(0, len(drawn), 100):
        rows = list(drawn[begin : begin + 100])
        common = (has[rows] @ has.T).toarray()
        likeness = common / np.maximum(size[rows][:, None] + size - common, 1.0)
        likeness[np.arange(len(rows)), rows] = -1.0
        best = likeness.argmax(axis=1)
        found += [(captions[i], captions[j]) for i, j in zip(rows, best.tolist(), strict=True)]
    return found


def _shuffled(caption: str, rng: np.random.Generator) -> str:
    """The words of a caption in random order."""
    words = caption.split()
    return " ".join(words[i] for i in rng.permutation(len(words)))
