"""Hard negatives of a user's captions: by grammar beside enumeration, in free text by hand."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from experiments.captions.corpus_files import read_captions_file
from experiments.captions.formats import read_pairs_file
from experiments.captions.words import Part, lemmas, words_of
from experiments.iterated.free_text import Contexts, FreeText
from experiments.iterated.negatives import negatives, scene_worlds
from experiments.vocabulary.operators import ADD, ATOMIC, REPLACE, SWAP
from scm.arguments import ArgumentError

FILE = ["A red cup on an old table.", "A blue cup near a dog.", "An old dog on a red table."]


@pytest.fixture(scope="module")
def worlds():
    return scene_worlds(None)


def made(captions, operators=ATOMIC, depth=1, limit=1000, worlds=(), seed=0):
    found = negatives(
        captions,
        operators,
        depth=depth,
        limit=limit,
        worlds=dict(worlds),
        dataset="file",
        seed=seed,
    )
    return list(found)


def step(caption, operator):
    free = FreeText(caption)
    return sorted({free.after(edit) for edit in free.edits((operator,), Contexts.of(FILE))})


def test_each_operator_by_hand():
    """Capitals, stops and a or an are as they should be."""
    assert step("A red cup on an old table.", SWAP) == [
        "A red table on an old cup.",
        "An old cup on a red table.",
    ]
    assert step("Dog on a red table.", SWAP) == ["Table on a red dog."]
    assert step("A red cup on an old table.", REPLACE) == ["A blue cup on an old table."]
    assert step("A cup near a dog.", ADD) == [
        "A blue cup near a dog.",
        "A cup near an old dog.",
        "A red cup near a dog.",
    ]
    assert step("the of 👩", SWAP) == []


def test_a_grammar_is_followed_and_said_to_be(worlds):
    """Two one-word objects of six nouns: 1 SWAP, 8 REPLACE, and 21 others of the 30 captions."""
    found = made(["a disc left of a square"], (SWAP, REPLACE), depth=3, worlds=worlds)
    assert not any(one.checked for one in made(["A disc!", "A dog!"], worlds=worlds))
    by_depth = {depth: [one for one in found if one.depth == depth] for depth in (1, 2, 3)}
    assert all(one.checked for one in found)
    assert {one.negative for one in by_depth[1] if one.operator == SWAP} == {
        "a square left of a disc"
    }
    assert len(by_depth[1]) == 1 + 8
    assert len({one.negative for one in found}) == len(found) == 29
    assert {one.caption for one in found} == {"a disc left of a square"}


def test_the_shortest_word_is_given_and_never_the_caption():
    found = made(FILE, depth=2)
    for one in found:
        assert one.negative not in [one.caption, ""]
        assert not one.checked
        assert one.operator.count("+") == one.depth - 1
    assert len({(one.caption, one.negative) for one in found}) == len(found)
    first = {(one.caption, one.negative) for one in made(FILE, depth=1)}
    second = {(one.caption, one.negative) for one in found if one.depth == 2}
    assert first == {(one.caption, one.negative) for one in found if one.depth == 1}
    assert not first & second


def test_a_limit_is_shared_by_depths_and_the_seed_decides():
    found = made(FILE, depth=2, limit=6)
    for caption in FILE:
        depths = [one.depth for one in found if one.caption == caption]
        assert len(depths) == 6
        assert abs(depths.count(1) - depths.count(2)) <= 2
    assert found == made(FILE, depth=2, limit=6)
    assert found != made(FILE, depth=2, limit=6, seed=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text_may_be_a_caption(captions):
    for one in made([*captions, "word " * 10_000, "İstanbul dog cat"], depth=2, limit=5):
        atoms = [lemmas(words_of(text), Part.RELATION) for text in (one.caption, one.negative)]
        assert atoms[0] != atoms[1]


def test_the_command_writes_what_can_be_read_back(tokenscm, tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("\n".join([*FILE, "a disc left of a square"]))
    code, out, err = tokenscm(
        "negatives", "mine.txt", "--operators", "SWAP,REPLACE", "--depth", "2"
    )
    assert (code, err) == (0, "")
    pairs = read_pairs_file(tmp_path / "negatives" / "negatives.jsonl")
    assert f"{len(pairs)} hard negatives of 4 of 4 captions" in out
    assert {pair.dataset for pair in pairs} == {"mine"}
    assert {pair.caption for pair in pairs} == set(read_captions_file(path))
    assert {pair.category for pair in pairs} >= {SWAP, REPLACE, "SWAP+REPLACE"}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nowhere.txt",), "nowhere.txt: expected a file, got none"),
        (("a.txt", "--operators", "TURN"), "operators: expected one of ADD, REPLACE, SWAP, got"),
        (("a.txt", "--operators", ","), "operators: expected at least one operator"),
        (("a.txt", "--depth", "0"), "depth: expected an integer of at least 1"),
        (("a.txt", "--limit", "0"), "limit: expected an integer of at least 1"),
        (("a.txt", "--seed", "-1"), "seed: expected an integer of at least 0"),
        (("a.txt", "--world", "moon"), "world: expected one of"),
        (("a.txt", "--world", "sentence"), "world: expected one with captions in words"),
        (("a.txt", "--out", "a.txt"), "out: expected a directory that can be written to"),
    ],
)
def test_bad_usage_is_a_sentence_and_writes_nothing(tokenscm, tmp_path, arguments, text):
    (tmp_path / "a.txt").write_text("a dog\n")
    code, out, err = tokenscm("negatives", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_an_operator_is_one_that_free_text_knows():
    with pytest.raises(ArgumentError, match="operators: expected one of"):
        made(FILE, ("MIRROR",))
