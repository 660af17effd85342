"""Operators on captions and scenes, against what their words say."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scm import (
    OPERATORS,
    Add,
    CaptionTable,
    Edit,
    Grammar,
    Lexicon,
    Operator,
    Replace,
    SceneSpace,
    Swap,
    Word,
    apply_edits,
    apply_to_caption,
    apply_to_scenes,
    apply_to_tokens,
    orbits,
)
from scm.operators.orbits import Edges, scene_edges

SMALL = 800
"""Captions of a world that is compared caption by caption in words."""

RELATION_WORDS = {"left", "right", "of", "above", "below", "from", "to", "top", "bottom"}


def all_captions(grammar):
    """W in words, or nothing where it is large."""
    concepts = grammar.space.concepts
    if (grammar.limits(concepts) + 1.0).prod(axis=1).sum() > SMALL:
        return []
    tokens = grammar.write(grammar.enumerate(concepts)[1])
    return [grammar.lexicon.decode(caption) for caption in tokens]


def kinds(grammar):
    """Each content word with its type, its atom and whether it is the atom's first word."""
    named = [("noun", grammar.lexicon.nouns), *enumerate(grammar.lexicon.attributes)]
    return {
        word: (kind, atom, place == 0)
        for kind, groups in named
        for atom, group in enumerate(groups)
        for place, word in enumerate(group)
    }


def is_swap(said, old, new):
    """Whether two words of one type have exchanged their places."""
    if len(old) != len(new):
        return False
    places = [i for i in range(len(old)) if old[i] != new[i]]
    if len(places) != 2 or any(old[i] not in said for i in places):
        return False
    i, j = places
    return (old[i], old[j]) == (new[j], new[i]) and said[old[i]][0] == said[old[j]][0]


def is_replace(said, old, new):
    """Whether one atom is another of its type."""

    def others(words):
        return [word for word in words if word not in RELATION_WORDS]

    if others(old) == others(new):
        return old != new
    if len(old) != len(new):
        return False
    places = [i for i in range(len(old)) if old[i] != new[i]]
    if len(places) != 1 or not {old[places[0]], new[places[0]]} <= set(said):
        return False
    (kind, atom, _), (other_kind, other, first) = said[old[places[0]]], said[new[places[0]]]
    return kind == other_kind and atom != other and first


def is_add(said, old, new):
    """Whether one attribute, or one object by its first words, has been inserted."""
    more = len(new) - len(old)
    only_noun = sum(said.get(word, ("",))[0] == "noun" for word in old) == 1
    for i in range(len(old) + 1):
        if more < 1 or new[:i] + new[i + more :] != old:
            continue
        span = new[i : i + more]
        link = [word for word in span if word in {*RELATION_WORDS, "and"}]
        if only_noun and {"right", "below", "and"} & set(link):
            continue
        phrase = span[: more - len(link)] if span[-1:] == link[-1:] else span[len(link) :]
        whole = link in (span[more - len(link) :], span[: len(link)]) and bool(link)
        content = phrase[1:] if whole and phrase[:1] == ["a"] else phrase
        if all(word in said and said[word][2] for word in content):
            types = [said[word][0] for word in content]
            if (not link and len(types) == 1 and types != ["noun"]) or (
                len(content) < len(phrase) and types.count("noun") == 1 and types[-1] == "noun"
            ):
                return True
    return False


BY_WORDS = {"SWAP": (Swap(), is_swap), "REPLACE": (Replace(), is_replace), "ADD": (Add(), is_add)}


@pytest.mark.parametrize("name", BY_WORDS)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_results_are_the_captions_that_differ_as_they_should(draw_grammar, name, data, seed):
    operator, differs = BY_WORDS[name]
    grammar = draw_grammar(data)
    captions = all_captions(grammar)
    if not captions:
        return
    said = kinds(grammar)
    caption = captions[np.random.default_rng(seed).integers(len(captions))]
    expected = {
        other
        for other in captions
        if other != caption and differs(said, caption.split(), other.split())
    }
    assert set(apply_to_caption(operator, grammar, caption)) == expected


@given(data=st.data(), unit=st.sampled_from(["atoms", "nouns", "attributes", "phrases"]))
@settings(max_examples=40)
def test_swap_is_an_involution(draw_grammar, data, unit):
    grammar = draw_grammar(data)
    scene = data.draw(st.integers(0, grammar.space.size - 1))
    rows = grammar.enumerate(grammar.space.concepts[scene : scene + 1])[1][:200]
    once, valid = Swap(unit).variants(grammar, rows)
    for variant in range(valid.shape[1]):
        applies = valid[:, variant]
        twice, again = Swap(unit).variants(grammar, once[applies, variant])
        assert again[:, variant].all()
        np.testing.assert_array_equal(twice[:, variant], rows[applies])


@given(data=st.data())
@settings(max_examples=25)
def test_tokens_in_jit_are_rewritten_as_captions_are(draw_grammar, data):
    grammar = draw_grammar(data)
    captions = all_captions(grammar)[::40]
    if not captions:
        return
    operator = data.draw(st.sampled_from([Swap(), Swap("phrases"), Replace(), Add()]))
    tokens = np.stack([grammar.lexicon.encode(words, grammar.length) for words in captions])
    broken = np.where(np.arange(grammar.length) == 0, grammar.lexicon.token["of"], tokens)
    results, valid = apply_to_tokens(operator, grammar, tokens)
    for n, caption in enumerate(captions):
        found = {grammar.lexicon.decode(result) for result in results[n][valid[n]]}
        assert found == set(apply_to_caption(operator, grammar, caption))
    assert grammar.read(results.reshape(-1, grammar.length))[1].all()
    assert not apply_to_tokens(operator, grammar, broken)[1].any()


GRAMMAR = Grammar(
    SceneSpace(3, (2,), True, (0, 1), 1, 3, False),
    Lexicon.create(("disc", "square", "ring"), (("red", "blue"),), (("disc", "circle"),)),
    paraphrases=True,
    coordinates=True,
    definites=True,
)


@pytest.mark.parametrize("operator", [Replace("relation"), Word((Swap(), Add("red square")))])
@pytest.mark.usefixtures("strict_promotion")
def test_one_code_on_the_host_and_in_jit(operator):
    rows = GRAMMAR.enumerate(GRAMMAR.space.concepts[::40])[1][::50]
    tokens = GRAMMAR.write(rows)
    results, valid = jax.jit(lambda t: apply_to_tokens(operator, GRAMMAR, t))(jnp.asarray(tokens))
    expected, expected_valid = apply_to_tokens(operator, GRAMMAR, tokens)
    np.testing.assert_array_equal(results, expected)
    np.testing.assert_array_equal(valid, expected_valid)


@pytest.mark.parametrize(
    ("operator", "caption", "results"),
    [
        (Swap("nouns"), "a red disc left of the ring", {"a red ring left of the disc"}),
        (Swap("phrases"), "a red disc left of the ring", {"the ring left of a red disc"}),
        (Swap("attributes"), "a red disc left of the ring", set()),
        (
            Replace("object 0 noun"),
            "a ring right of a circle",
            {"a ring right of a square"},
        ),
        (
            Replace("relation"),
            "a disc and a ring from left to right",
            {
                "a disc and a ring from right to left",
                "a disc and a ring from top to bottom",
                "a disc and a ring from bottom to top",
            },
        ),
        (Add("red", 1), "a ring right of a disc", {"a red ring right of a disc"}),
        (
            Add("blue square", 0),
            "a ring right of a disc",
            {"a ring right of a disc right of a blue square"},
        ),
        (Add("square", 1), "a ring", {"a ring left of a square", "a ring above a square"}),
    ],
)
def test_operators_in_words(operator, caption, results):
    assert set(apply_to_caption(operator, GRAMMAR, caption)) == results


def test_words_apply_the_first_operator_first():
    word = Word((Replace("object 0 noun"), Swap("nouns")))
    assert word.name == "REPLACE SWAP"
    found = apply_to_caption(word, GRAMMAR, "a disc left of a ring")
    assert found == ("a ring left of a square",)
    assert apply_to_caption(Word((Swap("nouns"),) * 2), GRAMMAR, "a disc left of a ring") == (
        "a disc left of a ring",
    )


def test_scenes_change_as_their_captions_say():
    space = GRAMMAR.space
    for operator in (Swap(), Replace(), Add()):
        scenes, valid = apply_to_scenes(operator, GRAMMAR, space.concepts)
        assert space.well_formed(scenes[valid]).all()
        rows = GRAMMAR.plain(space.concepts)
        results, applies = operator.variants(GRAMMAR, rows)
        read, formed = GRAMMAR.read(GRAMMAR.write(results[applies]))
        assert formed.all()
        np.testing.assert_array_equal(GRAMMAR.split(read)[0], scenes[applies])


@dataclass(frozen=True)
class Rotate:
    """The first object of three goes last."""

    name: str = "ROTATE"

    def variants(self, grammar, rows):
        columns = [grammar.object_columns(j) for j in range(3)]
        take = {
            to: source
            for j in range(3)
            for to, source in zip(columns[j], columns[(j + 1) % 3], strict=True)
        }
        edit = Edit(where={grammar.space.noun(2): (0, 99)}, take=take)
        return apply_edits([edit], grammar, rows)


def test_a_users_own_operator_is_one_of_the_family():
    assert isinstance(Rotate(), Operator)
    assert set(OPERATORS) >= {"SWAP", "REPLACE", "ADD"}
    caption = "a disc left of a red square left of the ring"
    assert apply_to_caption(Rotate(), GRAMMAR, caption) == (
        "a red square left of the ring left of a disc",
    )


@given(data=st.data(), n=st.integers(1, 30))
def test_orbits_are_the_components_of_a_search(data, n):
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    pairs = data.draw(st.lists(ends, max_size=40))
    label = np.full(n, -1)
    for found, start in enumerate(range(n)):
        queue = [start] if label[start] < 0 else []
        while queue:
            node = queue.pop()
            label[node] = found
            for a, b in pairs:
                queue += [o for t, o in ((a, b), (b, a)) if t == node and label[o] < 0]
    edges = np.array(pairs, int).reshape(-1, 2)
    result = orbits(n, [Edges(edges[:, 0], edges[:, 1])])
    np.testing.assert_array_equal(result, np.unique(label, return_inverse=True)[1])


def test_edges_are_those_of_single_captions():
    space = SceneSpace(3, (), False, (0,), 1, 3, False)
    lexicon = Lexicon.create(("disc", "square", "ring"), (), ())
    grammar = Grammar(space, lexicon, True, False, False)
    uniform = np.full(space.size, 1 / space.size)
    table = CaptionTable.create(grammar, uniform, np.full(len(grammar.choice_names), 0.5))
    captions = [grammar.lexicon.decode(caption) for caption in table.tokens]
    for operator in (Swap(), Replace(), Add()):
        edges = table.edges(operator)
        found = {(captions[s], captions[t]) for s, t in zip(*edges, strict=True)}
        expected = {(y, z) for y in captions for z in apply_to_caption(operator, grammar, y)}
        assert found == expected
        assert len(scene_edges(operator, grammar).source) > 0
    pairs = itertools.combinations(range(len(captions)), 2)
    label = table.orbits([Swap()])
    for a, b in pairs:
        same_words = sorted(captions[a].split()) == sorted(captions[b].split())
        assert (label[a] == label[b]) == same_words


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Add(object=-1), "object: expected an integer of at least 0"),
        (lambda: Word(()), "operators: expected at least one operator"),
        (lambda: Replace("noun").edits(GRAMMAR), "slot: expected one of object 0 noun"),
        (lambda: Add("green").edits(GRAMMAR), "phrase: expected an attribute, or a noun"),
    ],
)
def test_bad_operators_get_one_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()
