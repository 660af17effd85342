"""Captions: how a row of concepts and choices becomes a sequence of words, and back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Int

from scm.arguments import require
from scm.array_module import AnyArray, array_module
from scm.language.caption_space import CaptionSpace
from scm.language.lexicon import (
    AND,
    DEFINITE,
    FROM,
    INDEFINITE,
    OF,
    PADDING,
    RELATION_WORDS,
    SWEEP_WORDS,
    TO,
)
from scm.language.scene_space import ABSENT

FUNCTION = -1
"""The label of a token that says no concept, or belongs to no object."""


class Spans(NamedTuple):
    """What each token of a caption is part of.

    Attributes:
        concept: the column of the concept it says, `FUNCTION` for determiners, "and", padding.
        owner: the object whose phrase it is in, determiner included; `FUNCTION` elsewhere.
    """

    concept: Int[Array | np.ndarray, "n length"]
    owner: Int[Array | np.ndarray, "n length"]


class _Piece(NamedTuple):
    """A word that captions may have at one place: in which, which word, what it is part of."""

    where: Bool[Array | np.ndarray, " n"]
    word: Int[Array | np.ndarray, " n"] | int
    says: Int[Array | np.ndarray, " n"] | int = FUNCTION
    owner: Int[Array | np.ndarray, " n"] | int = FUNCTION


class Grammar(CaptionSpace):
    """The bijection between the rows of a `CaptionSpace` and captions.

    A caption mentions the objects in their order or, from the reverse viewpoint, from last to
    first; as a chain ("a red cube left of a sphere") or coordinated ("a red cube and a sphere from
    left to right"). Each choice is made at a word: "a" or "the", a word or its synonym, the
    relation's word or "and", so captions are drawn word by word.
    """

    def write(self, rows: Int[AnyArray, "n d"]) -> Int[AnyArray, "n length"]:
        """The captions of well-formed rows."""
        return self._write(rows)[0]

    def spans(self, rows: Int[AnyArray, "n d"]) -> Spans:
        """What each token of the captions of well-formed rows is part of."""
        return self._write(rows)[1]

    def _write(self, rows: Int[AnyArray, "n d"]) -> tuple[Int[AnyArray, "n length"], Spans]:
        xp = array_module(rows)
        pieces = list(self._pieces(rows))
        words, concept, owner = (
            xp.stack([xp.where(one.where, getattr(one, field), empty) for one in pieces], axis=1)
            for field, empty in (("word", PADDING), ("says", FUNCTION), ("owner", FUNCTION))
        )
        order = xp.argsort(words == PADDING, axis=1, stable=True)[:, : self.length]
        words, concept, owner = (
            xp.take_along_axis(columns, order, axis=1).astype(np.int32)
            for columns in (words, concept, owner)
        )
        return words, Spans(concept, owner)

    def _pieces(self, rows: Int[AnyArray, "n d"]) -> Iterator[_Piece]:
        """The words of captions in their order, with gaps where a caption has none."""
        xp = array_module(rows)
        space, token = self.space, self.lexicon.token
        relation = rows[:, space.relation]
        viewpoint, coordinated = rows[:, self.viewpoint], rows[:, self.coordination] == 1
        count = xp.sum(rows[:, : space.max_objects] >= 0, axis=1)
        for i in range(space.max_objects):
            mentioned = i < count
            j = xp.where(mentioned, xp.where(viewpoint == 1, count - 1 - i, i), 0)
            if i > 0:
                chain = mentioned & ~coordinated
                link = _look_up(self._names(RELATION_WORDS), relation, viewpoint)
                yield _Piece(mentioned & coordinated, token[AND])
                yield _Piece(chain, link, space.relation)
                yield _Piece(chain & (relation == 0), token[OF], space.relation)
            columns = self._of_object(rows, j)
            words_of = columns[:, 2 + space.slots :]
            noun, definite = columns[:, 0], columns[:, 1 + space.slots] == 1
            determiner = xp.where(definite, token[DEFINITE], token[INDEFINITE])
            yield _Piece(mentioned, determiner, owner=j)
            for s, table in enumerate(self.lexicon.attribute_tokens):
                value, word = columns[:, 1 + s], words_of[:, 1 + s]
                says = space.attribute(0, s) + j * space.slots
                yield _Piece(mentioned & (value >= 0), _look_up(table, value, word), says, j)
            named = _look_up(self.lexicon.noun_tokens, noun, words_of[:, 0])
            yield _Piece(mentioned, named, j, j)
        if space.max_objects > 1 and self.coordinates:
            sweep = self._names(SWEEP_WORDS)
            for name, end in ((FROM, viewpoint), (TO, 1 - viewpoint)):
                yield _Piece(coordinated, token[name], space.relation)
                yield _Piece(coordinated, _look_up(sweep, relation, end), space.relation)

    def _of_object(
        self, rows: Int[AnyArray, "n d"], j: Int[AnyArray, " n"]
    ) -> Int[AnyArray, "n columns"]:
        """The columns of each row's object j."""
        xp = array_module(rows)
        columns = np.array([self.object_columns(k) for k in range(self.space.max_objects)])
        return xp.take_along_axis(rows, xp.asarray(columns)[j], axis=1)

    def read(
        self, tokens: Int[AnyArray, "n length"]
    ) -> tuple[Int[AnyArray, "n d"], Bool[AnyArray, " n"]]:
        """The rows of captions, and which captions are well-formed.

        A caption is read word by word without regard to order, then written again: it is
        well-formed when that gives back the same tokens.
        """
        xp = array_module(tokens)
        space = self.space
        known = xp.clip(tokens, 0, len(self.lexicon.words) - 1)
        said = {what: xp.asarray(table)[known] for what, table in self._says.items()}
        is_noun = (said["noun"] >= 0).astype(np.int32)
        mention = xp.cumsum(is_noun, axis=1, dtype=np.int32) - is_noun
        count = xp.sum(is_noun, axis=1)
        first = xp.argmax(said["relation"] >= 0, axis=1)
        relation, viewpoint = (
            xp.take_along_axis(said[what], first[:, None], axis=1)[:, 0]
            for what in ("relation", "viewpoint")
        )
        coordinated = xp.any(known == self.lexicon.token[AND], axis=1)
        columns: dict[int, AnyArray] = {
            space.relation: relation,
            self.viewpoint: viewpoint,
            self.coordination: coordinated.astype(np.int32),
        }
        for j in range(space.max_objects):
            i = xp.where(viewpoint == 1, count - 1 - j, j)
            here = mention == i[:, None]

            found = {
                what: xp.max(xp.where(here, values, int(self._says[what][PADDING])), axis=1)
                for what, values in said.items()
                if what not in ("relation", "viewpoint")
            }
            columns[space.noun(j)] = found["noun"]
            columns[self.determiner(j)] = found["determiner"]
            columns[self.word_of(space.noun(j))] = found["noun word"]
            for s in range(space.slots):
                attribute = space.attribute(j, s)
                columns[attribute] = found[f"attribute {s}"]
                columns[self.word_of(attribute)] = found[f"attribute {s} word"]
        rows = xp.stack([columns[c] for c in range(len(columns))], axis=1).astype(np.int32)
        formed = self.well_formed(rows)
        return rows, formed & xp.all(self.write(rows) == tokens, axis=1)

    def row(self, caption: str) -> Int[np.ndarray, " d"]:
        """The row of a caption in words.

        Raises:
            ArgumentError: if the caption is not well-formed.
        """
        rows, formed = self.read(self.lexicon.encode(caption, self.length)[None, :])
        require(formed[0], "caption", "a well-formed caption of this world", caption)
        return rows[0]

    @cached_property
    def _says(self) -> dict[str, Int[np.ndarray, " tokens"]]:
        """What each token says: values of concepts, and choices that it shows."""
        lexicon, size = self.lexicon, len(self.lexicon.words)
        tables: dict[str, Int[np.ndarray, " tokens"]] = {}
        tables["noun"], tables["noun word"] = _value_and_word(size, lexicon.noun_tokens)
        for s, groups in enumerate(lexicon.attribute_tokens):
            tables[f"attribute {s}"], tables[f"attribute {s} word"] = _value_and_word(size, groups)
        chain, relation_viewpoint = _value_and_word(size, self._names(RELATION_WORDS))
        sweep, sweep_viewpoint = _value_and_word(size, self._names(SWEEP_WORDS))
        tables["relation"] = np.maximum(chain, sweep)
        tables["viewpoint"] = np.maximum(relation_viewpoint, sweep_viewpoint)
        tables["determiner"] = _value_and_word(size, self._names(((INDEFINITE, DEFINITE),)))[1]
        return tables

    def _names(self, pairs: tuple[tuple[str, str], ...]) -> Int[np.ndarray, "relations 2"]:
        """The tokens of pairs of words."""
        return np.array([[self.lexicon.token[word] for word in pair] for pair in pairs], np.int32)


def _look_up(
    table: Int[np.ndarray, "values words"], value: Int[AnyArray, " n"], word: Int[AnyArray, " n"]
) -> Int[AnyArray, " n"]:
    return array_module(value).asarray(table)[value, word]


def _value_and_word(
    size: int, groups: Int[np.ndarray, "values words"]
) -> tuple[Int[np.ndarray, " tokens"], Int[np.ndarray, " tokens"]]:
    """For each of ``size`` tokens, the group that it stands in, and where in it."""
    values = np.full(size, ABSENT, np.int32)
    words = np.zeros(size, np.int32)
    value, word = np.nonzero(groups)
    values[groups[value, word]], words[groups[value, word]] = value, word
    return values, words
