"""SWAP, REPLACE and ADD on free text, by what the other captions of a file show.

Nothing is checked: no tagger says what is a noun. Atoms are words that say a concept. SWAP
exchanges two that stand alike: both before another such word, both not, or both ending in -ing.
REPLACE takes a word that the file shows between the same two neighbours. ADD takes a word that the
file shows before the same one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from experiments.captions.words import Part, Word, words_of
from experiments.vocabulary.operators import ADD, REPLACE, SWAP

_WORD = re.compile(r"([^\W_]+)")

LONGEST = 200
"""Words of the longest caption that is changed."""

EDGE = ""
"""The neighbour of a caption's first and last word."""


@dataclass(frozen=True)
class Contexts:
    """Which words a file shows where.

    Attributes:
        between: the words seen between two neighbours.
        before: the words seen before a word.
    """

    between: dict[tuple[str, str], tuple[str, ...]]
    before: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, captions: Sequence[str]) -> Contexts:
        """The contexts of all concepts of some captions.

        Args:
            captions: of a file.
        """
        between: dict[tuple[str, str], set[str]] = {}
        before: dict[str, set[str]] = {}
        for caption in dict.fromkeys(captions):
            words = words_of(caption)
            texts = [EDGE, *(word.text for word in words), EDGE]
            for n, word in enumerate(words):
                if word.part == Part.CONTENT:
                    between.setdefault((texts[n], texts[n + 2]), set()).add(word.text)
                    if n + 1 < len(words) and words[n + 1].part == Part.CONTENT:
                        before.setdefault(texts[n + 2], set()).add(word.text)
        return cls(
            {key: tuple(sorted(found)) for key, found in between.items()},
            {key: tuple(sorted(found)) for key, found in before.items()},
        )


class Change(NamedTuple):
    """What an operator changes.

    Attributes:
        operator: its name.
        changed: the new text at places of words.
    """

    operator: str
    changed: dict[int, str]


class FreeText:
    """A caption that can be changed.

    Captions of more than `LONGEST` words, or of letters that become two in lower case, where no
    word can be told from another, are left as they are.
    """

    def __init__(self, caption: str) -> None:
        self._pieces = _WORD.split(caption)
        words = words_of(caption)
        fits = len(words) == len(self._pieces) // 2 and len(words) <= LONGEST
        self._words = words if fits else ()
        self._atoms = [n for n, word in enumerate(self._words) if word.part == Part.CONTENT]

    def edits(self, operators: Sequence[str], contexts: Contexts) -> Iterator[Change]:
        """All that operators change in one step.

        Args:
            operators: of SWAP, REPLACE and ADD.
            contexts: of the captions of its file.
        """
        words, pieces = self._words, self._pieces
        texts = [EDGE, *(word.text for word in words), EDGE]
        if SWAP in operators:
            stands = {i: _stands(words, i) for i in self._atoms}
            for i, j in combinations(self._atoms, 2):
                if stands[i] == stands[j] and words[i].lemma != words[j].lemma:
                    yield Change(SWAP, {i: _bare(pieces, j), j: _bare(pieces, i)})
        if REPLACE in operators:
            for i in self._atoms:
                for other in contexts.between.get((texts[i], texts[i + 2]), ()):
                    if _lemma(other) != words[i].lemma:
                        yield Change(REPLACE, {i: other})
        if ADD in operators:
            for i in self._atoms:
                for other in contexts.before.get(words[i].text, ()):
                    if other not in (texts[i], words[i].text):
                        yield Change(ADD, {i: f"{other} {_bare(pieces, i)}"})

    def after(self, edit: Change) -> str:
        """The caption that an edit makes."""
        return _written(self._pieces, edit.changed)


@lru_cache(maxsize=1 << 16)
def _lemma(word: str) -> str:
    return words_of(word)[0].lemma


def _stands(words: Sequence[Word], n: int) -> str:
    """How a word stands, as far as its ending and the next word tell."""
    if words[n].text.endswith("ing"):
        return "ing"
    is_before = n + 1 < len(words) and words[n + 1].part == Part.CONTENT
    return "before a concept" if is_before else "last"


def _bare(pieces: Sequence[str], n: int) -> str:
    """A word without the capital that it has as the first."""
    word = pieces[2 * n + 1]
    return word[:1].lower() + word[1:] if n == 0 and word[1:] == word[1:].lower() else word


def _written(pieces: Sequence[str], changed: dict[int, str]) -> str:
    """The caption with other words at some places, its first letter and a or an as they should."""
    written = list(pieces)
    for n, text in changed.items():
        written[2 * n + 1] = text
        article = written[2 * n - 1].lower() if n else ""
        if article in ("a", "an"):
            is_vowel = text[:1].lower() in set("aeiou")
            right = "an" if is_vowel else "a"
            was = written[2 * n - 1]
            written[2 * n - 1] = right.capitalize() if was[:1].isupper() else right
    if 0 in changed and pieces[1][:1].isupper():
        written[1] = written[1][:1].upper() + written[1][1:]
    return "".join(written)
