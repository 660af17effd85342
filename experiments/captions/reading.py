"""What joins a caption to its hard negative: the shortest word over operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from experiments.captions.alignment import Operation, shared, words
from experiments.captions.definition import USUAL, Definition
from experiments.captions.pairs import CaptionPair
from experiments.captions.words import Part, lemmas, spelt_alike, words_of
from experiments.vocabulary import readings
from experiments.vocabulary.operators import SWAP


@dataclass(frozen=True)
class Step:
    """One operator of a word.

    Attributes:
        operator: SWAP, REPLACE, ADD or REMOVE.
        atoms: the two that are exchanged, or the one that is moved; what is replaced and by what;
            what is added or removed.
    """

    operator: str
    atoms: tuple[str, ...]

    @classmethod
    def of(cls, edit: Operation) -> Step:
        """An edit, its atoms in words.

        Args:
            edit: of lemmas.
        """
        atoms = (" ".join(atom) for atom in (edit.left, edit.right) if atom)
        return cls(edit.operator, tuple(atoms))


@dataclass(frozen=True)
class Reading:
    """How a hard negative is made from its caption.

    Attributes:
        kind: an operator, or several joined by "+"; or one of what is none: see
            `experiments.vocabulary.readings`.
        steps: the word, from the caption to the negative; none where the kind is no operator.
    """

    kind: str
    steps: tuple[Step, ...] = ()

    @property
    def depth(self) -> int:
        """Length of the word."""
        return len(self.steps)

    @classmethod
    def of(cls, word: Sequence[Operation]) -> Reading:
        """A word over operators.

        Args:
            word: of one edit or more.
        """
        kinds = sorted({edit.operator for edit in word})
        return cls(readings.JOINT.join(kinds), tuple(map(Step.of, word)))


class Compared(NamedTuple):
    """Two captions by those of their words that do at least so much.

    Attributes:
        shared: words that both have, wherever they stand.
        shorter: words of the shorter of the two.
        reordered: whether both have the same words.
        words: what makes one of the other, in several ways, each with the words of its longest
            atom; none where they are the same.
    """

    shared: int
    shorter: int
    reordered: bool
    words: tuple[tuple[list[Operation], int], ...]


@dataclass(frozen=True)
class Aligned:
    """A caption and its hard negative, word beside word; to be read by any definition.

    Attributes:
        same: whether they are word for word the same.
        by: their words, from all of them to those that say a concept.
    """

    same: bool
    by: Mapping[Part, Compared]

    def read(self, definition: Definition = USUAL) -> Reading:
        """The shortest word over operators that makes the negative of the caption.

        Args:
            definition: what counts as an operator.

        Returns:
            Of all words found one of least depth; of these one that explains the most words, and
            swaps before the others.
        """
        if self.same:
            return Reading(readings.SAME)
        compared = [self.by[part] for part in definition.levels]
        if not any(one.words for one in compared):
            return Reading(readings.FUNCTION)
        word = self.word(definition)
        if word:
            return Reading.of(word)
        return Reading(readings.REORDER if compared[0].reordered else readings.OTHER)

    def word(self, definition: Definition = USUAL) -> list[Operation]:
        """The word that `read` reads; empty where there is none.

        Args:
            definition: what counts as an operator.
        """
        best: list[Operation] = []
        for part in definition.levels:
            word = _shortest(self.by[part], definition)
            if word and (not best or len(word) <= len(best)):
                best = word
        if best and definition.free:
            # A number may change places with an article, which says no concept elsewhere.
            word = _shortest(self.by[Part.FUNCTION], definition)
            if [edit.operator for edit in word] == [SWAP]:
                return word
        return best


def aligned(caption: str, negative: str) -> Aligned:
    """A caption and its hard negative, word beside word.

    Captions are compared as sequences of lemmas: of all words, of those that say a concept or a
    relation, and of those that say a concept.

    Args:
        caption: any text.
        negative: any text.
    """
    before, after = words_of(caption), words_of(negative)
    same = [word.text for word in before] == [word.text for word in after]
    before, after = spelt_alike(before, after), spelt_alike(after, before)
    found = {}
    for part in Part:
        left, right = lemmas(before, part), lemmas(after, part)
        found[part] = Compared(
            shared(left, right),
            min(len(left), len(right)),
            sorted(left) == sorted(right),
            tuple((word, _longest(word)) for word in words(left, right)),
        )
    return Aligned(same, found)


def read_pair(caption: str, negative: str, definition: Definition = USUAL) -> Reading:
    """How a hard negative is made from a caption.

    Args:
        caption: any text.
        negative: any text.
        definition: what counts as an operator.
    """
    return aligned(caption, negative).read(definition)


def read_pairs(pairs: Sequence[CaptionPair], definition: Definition = USUAL) -> list[Reading]:
    """How the hard negative of each pair is made from its caption.

    Args:
        pairs: captions with their hard negatives.
        definition: what counts as an operator.
    """
    return [read_pair(pair.caption, pair.negative, definition) for pair in pairs]


def _shortest(compared: Compared, definition: Definition) -> list[Operation]:
    """A shortest word that a definition allows; empty where there is none."""
    if compared.shared < max(1.0, definition.kept * compared.shorter):
        return []
    best: list[Operation] = []
    for word, longest in compared.words:
        allowed = len(word) <= definition.depth and longest <= definition.atom_words
        if allowed and (not best or len(word) < len(best)):
            best = word
    return best


def _longest(word: Sequence[Operation]) -> int:
    """Words of the longest atom of a word over operators."""
    return max(len(atom) for edit in word for atom in (edit.left, edit.right))
