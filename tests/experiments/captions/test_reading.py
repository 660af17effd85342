"""What joins two captions: read where it is known, because it was just done."""

from __future__ import annotations

import itertools
from collections import deque

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from experiments.captions.definition import STRICT, USUAL, Definition
from experiments.captions.pairs import CaptionPair
from experiments.captions.reading import Reading, Step, aligned, read_pair, read_pairs
from experiments.vocabulary.readings import FUNCTION, OTHER, REMOVE, REORDER, SAME
from scm.arguments import ArgumentError

NOUNS = ("cup", "dog", "horse", "table", "lamp", "tree", "river", "house", "window", "plate")

captions = st.lists(st.sampled_from(NOUNS), min_size=3, max_size=8, unique=True)


@pytest.mark.parametrize(
    ("caption", "negative", "kind", "atoms"),
    [
        ("bulb on grass", "grass on bulb", "SWAP", [("bulb", "grass")]),
        ("A man hunts a bird.", "A bird hunts a man.", "SWAP", [("man", "bird")]),
        ("a red cup", "a blue cup", "REPLACE", [("red", "blue")]),
        ("a cup beside a plate", "a cup far from a plate", "REPLACE", [("beside", "far from")]),
        ("a woman with her cup", "a man with his cup", "REPLACE", [("woman", "man")]),
        ("a cup", "a red cup", "ADD", [("red",)]),
        ("a dog on a bed", "a dog with a toy on a bed", "ADD", [("with toy",)]),
        ("There are no people.", "There are people.", REMOVE, [("no",)]),
        ("a dog runs", "the dogs ran", FUNCTION, []),
        ("a dog", "A dog!", SAME, []),
        ("a dog in a park", "seven white sails", OTHER, []),
        (
            "Two women are taking a turkey",
            "A woman is taking two turkeys",
            "SWAP",
            [("two", "a")],
        ),
        ("white hat, black shirt, white tie", "black hat, white shirt, black tie", "SWAP", None),
        ("a red cup and a dog", "a dog and a blue cup", "REPLACE+SWAP", None),
        ("", "", SAME, []),
        ("", "a dog", OTHER, []),
        ("🎈", "a dog", OTHER, []),
    ],
)
def test_captions_are_read(caption, negative, kind, atoms):
    reading = read_pair(caption, negative)
    assert reading.kind == kind
    if atoms is not None:
        assert [step.atoms for step in reading.steps] == atoms


@given(captions, st.data())
def test_one_operator_is_read_as_that(words, data):
    i, j = data.draw(st.lists(st.integers(0, len(words) - 1), min_size=2, max_size=2, unique=True))
    new = data.draw(st.sampled_from([noun for noun in NOUNS if noun not in words]))
    swapped = list(words)
    swapped[i], swapped[j] = words[j], words[i]
    made = {
        "SWAP": (swapped, {words[i], words[j]}),
        "REPLACE": ([*words[:i], new, *words[i + 1 :]], {words[i], new}),
        "ADD": ([*words[:i], new, *words[i:]], {new}),
        REMOVE: (words[:i] + words[i + 1 :], {words[i]}),
    }
    for operator, (negative, atoms) in made.items():
        reading = read_pair(" ".join(words), " ".join(negative))
        assert (reading.kind, reading.depth) == (operator, 1)
        assert set(reading.steps[0].atoms) == atoms


def fewest(start, end, alphabet):
    """The least number of operators on single words from one sequence to another, by search."""
    seen, queue = {start}, deque([(start, 0)])
    while queue:
        words, depth = queue.popleft()
        if words == end:
            return depth
        made: list[tuple[str, ...]] = []
        for i, j in itertools.combinations(range(len(words)), 2):
            other = list(words)
            other[i], other[j] = words[j], words[i]
            made.append(tuple(other))
        for i in range(len(words)):
            made += [(*words[:i], new, *words[i + 1 :]) for new in alphabet]
        for i in range(len(words) + 1):
            made += [(*words[:i], new, *words[i:]) for new in alphabet]
        made += [(*words[:i], *words[i + 1 :]) for i in range(len(words))]
        fresh = [one for one in made if one not in seen and len(one) <= max(len(start), len(end))]
        seen.update(fresh)
        queue.extend((one, depth + 1) for one in fresh)
    return None


@given(st.lists(st.sampled_from(NOUNS[:4]), min_size=2, max_size=4, unique=True), st.data())
def test_no_word_is_longer_than_single_words_need(words, data):
    """Atoms of several words and moves make some words shorter; one search is not all words."""
    other = data.draw(st.lists(st.sampled_from(NOUNS[:4]), min_size=2, max_size=4, unique=True))
    assume(words != other)
    least = fewest(tuple(words), tuple(other), NOUNS[:4])
    reading = aligned(" ".join(words), " ".join(other)).read(Definition(4, 9, 0.0))
    assume(set(words) & set(other))
    assert least is not None
    assert 1 <= reading.depth <= least


def test_a_definition_bounds_atoms_depth_and_what_changes():
    pair = aligned("a very old dog on a bed", "a cat on a bed")
    assert pair.read(Definition(atom_words=3)).kind == "REPLACE"
    assert pair.read(Definition(atom_words=2)).kind == OTHER
    twice = aligned("a red cup beside a green plate", "a blue cup beside a white plate")
    assert twice.read(Definition(depth=2)).depth == 2
    assert twice.read(Definition(depth=1)).kind == OTHER
    assert aligned("a dog runs", "a dog sits").read(Definition(kept=0.9)).kind == OTHER
    assert aligned("the dog runs", "a dog sits").read(STRICT).kind == OTHER
    assert aligned("the dog runs", "the dog sits").read(STRICT).kind == "REPLACE"
    words = "cup dog lamp tree river"
    assert read_pair(words, "river lamp cup tree dog", Definition(depth=1)).kind == REORDER


@pytest.mark.parametrize(
    "wrong",
    [{"atom_words": 0}, {"depth": 0}, {"kept": 1.5}, {"kept": np.nan}],
)
def test_a_definition_out_of_range_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ArgumentError, match=f"^{name}: expected"):
        Definition(**wrong)


def test_many_pairs_are_read_as_each_is():
    pairs = [CaptionPair("a red cup", "a blue cup"), CaptionPair("a cup", "a red cup")]
    assert read_pairs(pairs) == [read_pair(pair.caption, pair.negative, USUAL) for pair in pairs]
    assert read_pairs(pairs)[1] == Reading("ADD", (Step("ADD", ("red",)),))


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.text(max_size=60))
def test_any_two_texts_are_read(one, other):
    reading = read_pair(one, other)
    assert reading.kind
    assert reading.depth <= USUAL.depth


def test_a_caption_of_ten_thousand_words_is_read():
    words = [f"w{i}" for i in range(10_000)]
    swapped = [words[-1], *words[1:-1], words[0]]
    assert read_pair(" ".join(words), " ".join(swapped)).kind == "SWAP"
    assert read_pair(" ".join(words), " ".join(reversed(words))).kind == REORDER


def test_an_atom_is_not_moved_where_it_takes_the_place_of_another():
    """Two replacements; a move would leave one to add and one to remove."""
    reading = read_pair("a green ring left of a red disc", "a green square left of a red ring")
    assert [(step.operator, step.atoms) for step in reading.steps] == [
        ("REPLACE", ("ring", "square")),
        ("REPLACE", ("disc", "ring")),
    ]
