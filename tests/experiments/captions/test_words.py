"""Words of free text: tokens, lemmas, parts, and spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.captions.words import Part, known, lemmas, spelt_alike, words_of


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("Two dogs are standing beside the mice.", "two dog be stand beside the mouse"),
        ("A double-decker bus, a double - decker bus", "a double decker bus a double decker bus"),
        ("It doesn't ride; it does n't play", "it does not ride it does not play"),
        ("It can\u2019t", "it can not"),
        ("PEOPLE playing, riding, sitting, a ring", "person play ride sit a ring"),
        ("i=on 🎈 ٣ عرب", "i on ٣ عرب"),
        ("", ""),
    ],
)
def test_a_caption_is_its_lemmas(caption, said):
    assert lemmas(words_of(caption), Part.FUNCTION) == tuple(said.split())


def test_parts_are_told_apart():
    words = words_of("There is a red cup on the table, and it's next to her plate")
    assert lemmas(words, Part.CONTENT) == ("red", "cup", "table", "plate")
    assert lemmas(words, Part.RELATION) == ("red", "cup", "on", "table", "next", "to", "plate")


@pytest.mark.parametrize(
    ("caption", "other", "becomes"),
    [
        ("a bath room", "a bathroom", "bathroom"),
        ("some curatins", "some curtains", "some curtain"),
        ("a horse", "a house", "horse"),
        ("an undecorated cup", "a decorated cup", "undecorate cup"),
    ],
)
def test_spelling_follows_the_other_caption(caption, other, becomes):
    found = spelt_alike(words_of(caption), words_of(other))
    assert lemmas(found, Part.RELATION) == tuple(becomes.split())


def test_a_dictionary_knows_words_alone():
    assert known("table")
    assert not known("curatins")
    assert not known("")


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_has_words(text):
    for word in words_of(text):
        assert word.text
        assert word.lemma
        assert word.text == word.text.lower()
