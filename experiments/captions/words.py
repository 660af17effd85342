"""Words of free text: tokens, lemmas, and which of them say a concept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import simplemma

_TOKEN = re.compile(r"[^\W_]+")
"""A run of letters or digits: "double-decker" is two tokens however its hyphen is spaced."""

FUNCTION_WORDS = frozenset(
    "a an the this that these those there it its he his him she her hers they their theirs them "
    "i my me we our us you your itself himself herself themselves one's who whom whose which what "
    "and or be am is are was were been being have has had having do does did doing will would can "
    "could shall should may might must s t d ll re ve m also then so as while "
    "where when".split()
)
"""Articles, pronouns, conjunctions and auxiliaries: they say no atom."""

RELATION_WORDS = frozenset(
    "of in on at by to from with for about into onto upon off out over under above below beneath "
    "underneath beside besides between among amid amongst behind before after during through "
    "throughout across along alongside around round against toward towards near next close far "
    "away inside outside within up down past via per like than front top back bottom left right "
    "atop opposite beyond".split()
)
"""Prepositions, particles and the nouns that make prepositions ("in front of")."""

_SAME = {"people": "person", "an": "a", "colour": "color", "grey": "gray"}
"""Lemmas that the dictionary keeps apart."""


class Part(IntEnum):
    """What a word does in a caption."""

    FUNCTION = 0
    RELATION = 1
    CONTENT = 2


class Word(NamedTuple):
    """A token of a caption.

    Attributes:
        text: as it stands, in lower case.
        lemma: its dictionary form.
        part: what it does.
    """

    text: str
    lemma: str
    part: Part


def words_of(caption: str) -> tuple[Word, ...]:
    """The words of a caption, in their order; punctuation says nothing.

    Args:
        caption: any text.
    """
    return tuple(_word(token) for token in _TOKEN.findall(caption.lower()))


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> Word:
    if token in FUNCTION_WORDS:
        return Word(token, token, Part.FUNCTION)
    lemma = simplemma.lemmatize(token, lang="en").lower()
    lemma = _SAME.get(lemma, lemma)
    return Word(token, lemma, Part.RELATION if token in RELATION_WORDS else Part.CONTENT)


def lemmas(words: Sequence[Word], least: Part) -> tuple[str, ...]:
    """The lemmas of those words that do at least so much.

    Args:
        words: of a caption.
        least: `Part.FUNCTION` for all words, `Part.CONTENT` for those that say a concept.
    """
    return tuple(word.lemma for word in words if word.part >= least)
