"""Words of free text: tokens, lemmas, and which of them say a concept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import cache, lru_cache
from types import ModuleType
from typing import NamedTuple

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"[^\W_]+")
"""A run of letters or digits: "double-decker" is two tokens however its hyphen is spaced."""

_NEGATION = re.compile(r"(\w) ?n['\u2019]t\b")
"""Of "does n't" and "doesn't"."""

_FUNCTION = """
a an the this that these those there it its he his him she her hers they their theirs them
i my me we our us you your itself himself herself themselves who whom whose which what
and or be am is are was were been being have has had having do does did doing will would can could
shall should may might must s t d ll re ve m also then so as while where when
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())
"""Articles, pronouns, conjunctions and auxiliaries: they say no atom."""

_RELATION = """
of in on at by to from with without for about into onto upon off out over under above below
beneath underneath beside besides between among amid amongst behind before after during through
throughout across along alongside around round against toward towards near next close far away
inside outside within up down past via per like than front top back bottom left right atop opposite
beyond
"""
RELATION_WORDS = frozenset(_RELATION.split())
"""Prepositions, particles and the nouns that make prepositions ("in front of")."""

_SAME = {"people": "person", "an": "a", "colour": "color", "grey": "gray"} | dict.fromkeys(
    ("am", "is", "are", "was", "were", "been", "being"), "be"
)
"""Lemmas that the dictionary keeps apart, and those of function words."""


_VOWEL = frozenset("aeiouy")


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
    plain = _NEGATION.sub(r"\1 not", caption.lower())
    return tuple(_word(token) for token in _TOKEN.findall(plain))


@cache
def _dictionary() -> ModuleType:
    # Its import takes a twentieth of the time that a command takes to start.
    import simplemma

    return simplemma


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> Word:
    if token in FUNCTION_WORDS:
        return Word(token, _SAME.get(token, token), Part.FUNCTION)
    if token in RELATION_WORDS:
        return Word(token, token, Part.RELATION)
    lemma = _dictionary().lemmatize(token, lang="en").lower()
    if token.endswith("ing") and (lemma == token or lemma.endswith("ye")):
        lemma = _participle(token) or lemma
    return Word(token, _SAME.get(lemma, lemma), Part.CONTENT)


def _participle(token: str) -> str | None:
    """The verb of a present participle that the dictionary takes for a noun, or does not know."""
    stem = token[:-3]
    if len(stem) < 3 or _VOWEL.isdisjoint(stem):
        return None
    undoubled = [stem[:-1]] if stem[-1:] == stem[-2:-1] else []
    return next((verb for verb in (*undoubled, stem, stem + "e") if known(verb)), None)


@lru_cache(maxsize=1 << 16)
def known(word: str) -> bool:
    """Whether a word is in the dictionary.

    Args:
        word: in lower case.
    """
    return len(word) > 1 and _dictionary().is_known(word, lang="en")


ALIKE = 0.8
"""Least share of letters that a misspelt word and the right one have in common."""

MISSPELT = 20
"""Words of a caption among which that is looked for which another misspells."""


def spelt_alike(words: Sequence[Word], others: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a caption, spelt as another caption spells them.

    Two words that are one of the other ("bath room") become that. A word that is in no dictionary
    becomes the one of the other that begins as it does and shares four letters of five with it.

    Args:
        words: of a caption.
        others: of another.
    """
    whole = {word.text: word for word in others}
    found: list[Word] = []
    for word in words:
        joined = whole.get(found[-1].text + word.text) if found else None
        if joined is None:
            found.append(word)
        else:
            found[-1] = joined
    here = {word.text for word in found}
    # Of captions that share little none is a misspelling of the other.
    wanted = [word for word in others if word.text not in here][:MISSPELT]
    return tuple(
        word if word.text in whole or known(word.lemma) else _like(word, wanted) for word in found
    )


def _like(word: Word, others: Sequence[Word]) -> Word:
    """The first of some words that is like one, or that itself."""
    return next(
        (
            other
            for other in others
            if other.text[:1] == word.text[:1]
            and Indel.normalized_similarity(other.text, word.text) >= ALIKE
        ),
        word,
    )


def lemmas(words: Sequence[Word], least: Part) -> tuple[str, ...]:
    """The lemmas of those words that do at least so much.

    Args:
        words: of a caption.
        least: `Part.FUNCTION` for all words, `Part.CONTENT` for those that say a concept.
    """
    return tuple(word.lemma for word in words if word.part >= least)
