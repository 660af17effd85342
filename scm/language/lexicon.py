"""The words of a world's captions and what each word says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int

from scm.arguments import require

PADDING = 0
"""The token after a caption's last word."""

INDEFINITE, DEFINITE, AND, OF, FROM, TO = "a", "the", "and", "of", "from", "to"

RELATION_WORDS = (("left", "right"), ("above", "below"))
"""For each relation, its word in a chain ("a cube left of a sphere"): objects mentioned in their
order, and in the reverse order."""

SWEEP_WORDS = (("left", "right"), ("top", "bottom"))
"""For each relation, where the sweep starts ("a cube and a sphere from left to right"): objects
mentioned in their order, and in the reverse order."""

FUNCTION_WORDS = (
    *(INDEFINITE, DEFINITE, AND, OF, FROM, TO),
    *dict.fromkeys(word for pair in RELATION_WORDS + SWEEP_WORDS for word in pair),
)
"""The words of every world, which its nouns and attributes must not repeat."""

Group = tuple[str, ...]
"""A word and its synonyms."""


@dataclass(frozen=True)
class Lexicon:
    """Words and their tokens: 0 is `PADDING`, then come function words, nouns and attributes.

    Attributes:
        nouns: the words of each noun.
        attributes: for each attribute slot, the words of each value.

    Raises:
        ArgumentError: if a word is there twice, or is not one word.
    """

    nouns: tuple[Group, ...]
    attributes: tuple[tuple[Group, ...], ...]

    def __post_init__(self) -> None:
        for word in self.words[1:]:
            require(len(word.split()) == 1, "words", "single words without spaces", word)
        twice = [word for word, count in Counter(self.words).items() if count > 1]
        expected = f"distinct words, none of {', '.join(FUNCTION_WORDS)}"
        require(not twice, "words", expected, ", ".join(twice))

    @classmethod
    def create(
        cls,
        nouns: tuple[str, ...],
        attributes: tuple[tuple[str, ...], ...],
        synonyms: tuple[Group, ...],
    ) -> Lexicon:
        """Join nouns and attribute values with their synonyms.

        Args:
            nouns: one word for each noun.
            attributes: for each attribute slot, one word for each value.
            synonyms: groups of a noun or attribute value and other words for it.

        Raises:
            ArgumentError: if a group begins with another word, or two begin with the same.
        """
        known = {*nouns, *(word for slot in attributes for word in slot)}
        others: dict[str, Group] = {}
        for group in synonyms:
            expected = "groups that each begin with a noun or attribute of their own"
            fits = bool(group) and group[0] in known and group[0] not in others
            require(fits, "synonyms", expected, group)
            others[group[0]] = group[1:]
        grouped = [
            tuple((word, *others.get(word, ())) for word in words) for words in (nouns, *attributes)
        ]
        return cls(grouped[0], tuple(grouped[1:]))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The word of each token; that of `PADDING` is empty."""
        groups = [*self.nouns, *(group for slot in self.attributes for group in slot)]
        return ("", *FUNCTION_WORDS, *(word for group in groups for word in group))

    @cached_property
    def token(self) -> dict[str, int]:
        """The token of each word."""
        return {word: token for token, word in enumerate(self.words)}

    @cached_property
    def noun_tokens(self) -> Int[np.ndarray, "nouns words"]:
        """The tokens of each noun's words, `PADDING` where it has fewer than others."""
        return self._tokens(self.nouns)

    @cached_property
    def attribute_tokens(self) -> tuple[Int[np.ndarray, "values words"], ...]:
        """For each slot, the tokens of each value's words, `PADDING` where it has fewer."""
        return tuple(self._tokens(slot) for slot in self.attributes)

    def _tokens(self, groups: tuple[Group, ...]) -> Int[np.ndarray, "values words"]:
        table = np.full((len(groups), max(map(len, groups))), PADDING, np.int32)
        for value, group in enumerate(groups):
            table[value, : len(group)] = [self.token[word] for word in group]
        return table

    def encode(self, caption: str, length: int) -> Int[np.ndarray, " length"]:
        """The tokens of a caption, padded to ``length``.

        Args:
            caption: its words, with spaces between.
            length: how many tokens, at least as many as words.

        Raises:
            ArgumentError: for a word that is not in the lexicon, or more words than ``length``.
        """
        words = caption.split()
        for word in words:
            require(word in self.token, "caption", "words of the lexicon", word)
        require(len(words) <= length, "caption", f"at most {length} words", caption)
        tokens = [self.token[word] for word in words]
        return np.array(tokens + [PADDING] * (length - len(tokens)), np.int32)

    def decode(self, tokens: Int[np.ndarray, " length"]) -> str:
        """The words of a caption, joined by spaces."""
        return " ".join(self.words[token] for token in tokens if token != PADDING)
