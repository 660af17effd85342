"""Captions: how a row of concepts and choices becomes a sequence of words, and back."""

from __future__ import annotations

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
        space, token = self.space, self.lexicon.token
        relation = rows[:, space.relation]
        viewpoint, coordinated = rows[:, self.viewpoint], rows[:, self.coordination] == 1
        count = xp.sum(rows[:, : space.max_objects] >= 0, axis=1)
        words, concept, owner = [], [], []

        def put(
            where: Bool[Array | np.ndarray, " n"],
            word: Int[Array | np.ndarray, " n"] | int,
            says: Int[Array | np.ndarray, " n"] | int = FUNCTION,
            of: Int[Array | np.ndarray, " n"] | int = FUNCTION,
        ) -> None:
            words.append(xp.where(where, word, PADDING))
            concept.append(xp.where(where, says, FUNCTION))
            owner.append(xp.where(where, of, FUNCTION))

        def look_up(
            table: Int[np.ndarray, "values words"],
            value: Int[AnyArray, " n"],
            word: Int[AnyArray, " n"],
        ) -> Int[AnyArray, " n"]:
            return xp.asarray(table)[value, word]

        for i in range(space.max_objects):
            mentioned = i < count
            j = xp.where(mentioned, xp.where(viewpoint == 1, count - 1 - i, i), 0)
            if i > 0:
                chain = mentioned & ~coordinated
                link = look_up(self._names(RELATION_WORDS), relation, viewpoint)
                put(mentioned & coordinated, token[AND])
                put(chain, link, space.relation)
                put(chain & (relation == 0), token[OF], space.relation)
            columns = self._of_object(rows, j)
            words_of = columns[:, 2 + space.slots :]
            noun, definite = columns[:, 0], columns[:, 1 + space.slots] == 1
            put(mentioned, xp.where(definite, token[DEFINITE], token[INDEFINITE]), of=j)
            for s, table in enumerate(self.lexicon.attribute_tokens):
                value, word = columns[:, 1 + s], words_of[:, 1 + s]
                says = space.attribute(0, s) + j * space.slots
                put(mentioned & (value >= 0), look_up(table, value, word), says, j)
            put(mentioned, look_up(self.lexicon.noun_tokens, noun, words_of[:, 0]), j, j)
        if space.max_objects > 1 and self.coordinates:
            put(coordinated, token[FROM], space.relation)
            put(coordinated, look_up(self._names(SWEEP_WORDS), relation, viewpoint), space.relation)
            put(coordinated, token[TO], space.relation)
            put(
                coordinated,
                look_up(self._names(SWEEP_WORDS), relation, 1 - viewpoint),
                space.relation,
            )
        said = xp.stack(words, axis=1).astype(np.int32)
        order = xp.argsort(said == PADDING, axis=1, stable=True)[:, : self.length]

        def compact(columns: list[AnyArray]) -> Int[AnyArray, "n length"]:
            stacked = xp.stack(columns, axis=1).astype(np.int32)
            return xp.take_along_axis(stacked, order, axis=1)

        return compact(words), Spans(compact(concept), compact(owner))

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

            def find(what: str, here: AnyArray = here) -> Int[AnyArray, " n"]:
                return xp.max(xp.where(here, said[what], int(self._says[what][PADDING])), axis=1)

            columns[space.noun(j)] = find("noun")
            columns[self.determiner(j)] = find("determiner")
            columns[self.word_of(space.noun(j))] = find("noun word")
            for s in range(space.slots):
                attribute = space.attribute(j, s)
                columns[attribute] = find(f"attribute {s}")
                columns[self.word_of(attribute)] = find(f"attribute {s} word")
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
        lexicon = self.lexicon

        def value_and_word(
            groups: Int[np.ndarray, "values words"],
        ) -> tuple[Int[np.ndarray, " tokens"], Int[np.ndarray, " tokens"]]:
            values = np.full(len(lexicon.words), ABSENT, np.int32)
            words = np.zeros(len(lexicon.words), np.int32)
            value, word = np.nonzero(groups)
            values[groups[value, word]], words[groups[value, word]] = value, word
            return values, words

        tables: dict[str, Int[np.ndarray, " tokens"]] = {}
        tables["noun"], tables["noun word"] = value_and_word(lexicon.noun_tokens)
        for s, groups in enumerate(lexicon.attribute_tokens):
            tables[f"attribute {s}"], tables[f"attribute {s} word"] = value_and_word(groups)
        chain, relation_viewpoint = value_and_word(self._names(RELATION_WORDS))
        sweep, sweep_viewpoint = value_and_word(self._names(SWEEP_WORDS))
        tables["relation"] = np.maximum(chain, sweep)
        tables["viewpoint"] = np.maximum(relation_viewpoint, sweep_viewpoint)
        tables["determiner"] = value_and_word(self._names(((INDEFINITE, DEFINITE),)))[1]
        return tables

    def _names(self, pairs: tuple[tuple[str, str], ...]) -> Int[np.ndarray, "relations 2"]:
        """The tokens of pairs of words."""
        return np.array([[self.lexicon.token[word] for word in pair] for pair in pairs], np.int32)
