from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from scm import CaptionTable, Grammar, Lexicon, SceneSpace
from scm.arguments import ArgumentError

ROUNDING = 64 * np.finfo(np.float64).eps
"""Sums of up to 10^5 products of up to 30 factors, summed pairwise by numpy."""

SMALL = 20_000
"""Captions that a test enumerates."""


def sampled_rows(grammar, seed, n=300):
    """Up to n captions of a grammar, or None where it is too large to enumerate."""
    concepts = grammar.space.concepts
    rng = np.random.default_rng(seed)
    some = concepts[rng.choice(len(concepts), min(len(concepts), 40), replace=False)]
    rows = grammar.enumerate(some)[1]
    return rows[rng.choice(len(rows), min(len(rows), n), replace=False)]


@given(data=st.data())
@settings(max_examples=60)
def test_scenes_are_enumerated_as_a_filter_of_all_rows_would(draw_grammar, data):
    space = draw_grammar(data).space
    grid = itertools.product(*[range(-1, size) for size in space.concept_sizes])
    if np.prod([size + 1 for size in space.concept_sizes]) > SMALL:
        return
    rows = np.array(list(grid), np.int32)
    expected = [row for row in rows.tolist() if is_scene(space, row)]
    np.testing.assert_array_equal(space.concepts, expected)
    assert space.size == len(expected)
    found = space.index(rows)
    assert [n for n in found.tolist() if n >= 0] == list(range(space.size))


def is_scene(space, row):
    """The definition of a scene, word for word."""
    k = sum(value >= 0 for value in row[: space.max_objects])
    nouns = row[:k]
    slots = range(space.slots)
    attributes = [[row[space.attribute(j, s)] for s in slots] for j in range(space.max_objects)]
    return (
        space.min_objects <= k
        and min(nouns, default=-1) >= 0
        and (space.repeated_nouns or len(set(nouns)) == k)
        and all(value == -1 for kinds in attributes[k:] for value in kinds)
        and (space.optional_attributes or all(v >= 0 for kinds in attributes[:k] for v in kinds))
        and (row[-1] in space.relations if k > 1 else row[-1] == -1)
    )


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_reading_inverts_writing_and_decoding_inverts_encoding(draw_grammar, data, seed):
    grammar = draw_grammar(data)
    rows = sampled_rows(grammar, seed)
    tokens = grammar.write(rows)
    read, formed = grammar.read(tokens)
    assert formed.all()
    np.testing.assert_array_equal(read, rows)
    for caption in tokens[:20]:
        words = grammar.lexicon.decode(caption)
        np.testing.assert_array_equal(grammar.lexicon.encode(words, grammar.length), caption)


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_only_what_is_written_is_well_formed(draw_grammar, data, seed):
    grammar = draw_grammar(data)
    table = sampled_rows(grammar, seed, 30)
    tokens = grammar.write(table)
    rng = np.random.default_rng(seed)
    place = rng.integers(grammar.length, size=len(tokens))
    changed = tokens.copy()
    changed[np.arange(len(tokens)), place] = rng.integers(
        -1, len(grammar.lexicon.words) + 1, size=len(tokens)
    )
    rows, formed = grammar.read(changed)
    np.testing.assert_array_equal(grammar.write(rows[formed]), changed[formed])
    assert grammar.well_formed(rows[formed]).all()


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_tables_sum_to_one(draw_grammar, data, seed):
    grammar = draw_grammar(data)
    if (grammar.limits(grammar.space.concepts) + 1.0).prod(axis=1).sum() > SMALL:
        return
    rng = np.random.default_rng(seed)
    scenes = rng.dirichlet(np.ones(grammar.space.size))
    table = CaptionTable.create(grammar, scenes, rng.uniform(size=len(grammar.choice_names)))
    given_scene = np.bincount(table.scene, table.caption_probability)
    np.testing.assert_allclose(given_scene, 1.0, atol=ROUNDING)
    np.testing.assert_allclose(table.joint.sum(), 1.0, atol=ROUNDING)
    assert len(np.unique(table.tokens, axis=0)) == len(table.tokens)
    np.testing.assert_array_equal(table.index(table.tokens), np.arange(len(table.tokens)))


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_words_multiply_to_captions(draw_grammar, data, seed):
    grammar = draw_grammar(data)
    if (grammar.limits(grammar.space.concepts) + 1.0).prod(axis=1).sum() > SMALL:
        return
    rng = np.random.default_rng(seed)
    uniform = np.full(grammar.space.size, 1 / grammar.space.size)
    table = CaptionTable.create(grammar, uniform, rng.uniform(0.1, 0.9, len(grammar.choice_names)))
    c = int(rng.integers(len(table.rows)))
    words = grammar.lexicon.decode(table.tokens[c]).split()
    steps = [
        table.next_word(int(table.scene[c]), " ".join(words[:i]))[word]
        for i, word in enumerate([*words, ""])
    ]
    np.testing.assert_allclose(np.prod(steps), table.caption_probability[c], rtol=ROUNDING)


def test_sampled_words_are_as_frequent_as_the_tables_say():
    space = SceneSpace(2, (1,), True, (0,), 2, 2, False)
    synonyms = (("disc", "circle", "round"),)
    grammar = Grammar(space, Lexicon.create(("disc", "ring"), (("red",),), synonyms), *[True] * 3)
    variation = np.array([0.3, 0.2, 0.6, 0.5] + [0.4] * 4)
    concepts = np.repeat(space.concepts[:1], 200_000, axis=0)
    uniform = np.random.default_rng(0).uniform(size=(len(concepts), len(variation)))
    choices = grammar.choose(concepts, variation, uniform)
    _, rows = grammar.enumerate(space.concepts[:1])
    expected = grammar.probability(rows, variation) * len(concepts)
    counts = np.bincount(
        grammar.place(np.concatenate([concepts, choices], axis=1)), minlength=len(rows)
    )
    assert expected.min() > 5
    assert chisquare(counts, expected).pvalue > 1e-4


@pytest.mark.usefixtures("strict_promotion")
def test_one_code_on_the_host_and_in_jit():
    space = SceneSpace(3, (2,), True, (0, 1), 1, 3, False)
    lexicon = Lexicon.create(("disc", "square", "ring"), (("red", "blue"),), (("disc", "circle"),))
    grammar = Grammar(space, lexicon, True, True, True)
    rows = sampled_rows(grammar, 0)
    tokens = grammar.write(rows)
    traced = jax.jit(grammar.write)(jnp.asarray(rows))
    np.testing.assert_array_equal(traced, tokens)
    read, formed = jax.jit(grammar.read)(traced)
    np.testing.assert_array_equal(read, rows)
    assert formed.all()
    assert traced.dtype == read.dtype == jnp.int32


def test_spans_say_what_each_word_is_part_of():
    space = SceneSpace(2, (1,), True, (0,), 2, 2, False)
    lexicon = Lexicon.create(("disc", "ring"), (("red",),), ())
    grammar = Grammar(space, lexicon, True, True, True)
    names = np.array([*space.concept_names, "-"])

    def labels(caption):
        spans = grammar.spans(grammar.row(caption)[None, :])
        n = len(caption.split())
        return names[spans.concept[0, :n]].tolist(), spans.owner[0, :n].tolist()

    concept, owner = labels("the red disc right of a ring")
    assert concept == [
        *("-", "object 1 attribute 0", "object 1 noun"),
        *("relation", "relation", "-", "object 0 noun"),
    ]
    assert owner == [1, 1, 1, -1, -1, 0, 0]
    concept, owner = labels("a disc and a ring from left to right")
    assert concept[2:] == ["-", "-", "object 1 noun", *["relation"] * 4]
    assert owner == [0, 0, -1, 1, 1, -1, -1, -1, -1]


@pytest.mark.parametrize(
    ("nouns", "slots", "synonyms", "message"),
    [
        (("disc", "disc"), (), (), "words: expected distinct words, none of a, the.*got 'disc'"),
        (("disc", "left"), (), (), "words: expected distinct words.*got 'left'"),
        (("disc", "red"), (("red",),), (), "words: expected distinct words.*got 'red'"),
        (("big disc",), (), (), "words: expected single words without spaces, got 'big disc'"),
        (("disc", ""), (), (), "words: expected single words without spaces, got ''"),
        (("disc",), (), (("ring", "hoop"),), "synonyms: expected groups that each begin"),
    ],
)
def test_bad_words_get_one_sentence(nouns, slots, synonyms, message):
    with pytest.raises(ValueError, match=message):
        Lexicon.create(nouns, slots, synonyms)


@pytest.mark.parametrize(
    ("caption", "message"),
    [
        ("a disc left of a cube", "caption: expected words of the lexicon, got 'cube'"),
        ("a disc left a ring", "caption: expected a well-formed caption"),
        ("a disc left of a ring a a a a", "caption: expected at most 6 words"),
    ],
)
def test_bad_captions_get_one_sentence(caption, message):
    space = SceneSpace(2, (), False, (0,), 2, 2, False)
    grammar = Grammar(space, Lexicon.create(("disc", "ring"), (), ()), False, False, False)
    with pytest.raises(ValueError, match=message):
        grammar.row(caption)


@pytest.mark.parametrize(
    ("scenes", "choices", "text"),
    [
        (np.ones(1), None, "scene_probability: expected 6 numbers, got 1"),
        (np.full(6, np.nan), None, r"scene_probability: expected numbers in \[0, 1\], got nan"),
        (None, np.full(1, 0.5), r"variation: expected \d+ numbers, got 1"),
        (None, np.full(4, 1.5), r"variation: expected \d+ numbers, got 4"),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_a_table_has_a_probability_for_each_scene_and_choice(scenes, choices, text):
    """One alone would be that of all."""
    grammar = Grammar(
        SceneSpace(3, (), False, (0,), 2, 2, False),
        Lexicon.create(("disc", "square", "ring"), (), ()),
        True,
        False,
        False,
    )
    law = np.full(6, 1 / 6) if scenes is None else scenes
    variation = np.zeros(len(grammar.choice_names)) if choices is None else choices
    with pytest.raises(ArgumentError, match=text):
        CaptionTable.create(grammar, law, variation)
