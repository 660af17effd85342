"""Captions that no grammar expects, and all kinds of corpora: read, or refused in a sentence."""

from __future__ import annotations

import csv
import io
import json

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, example, given, settings

from experiments.captions.corpus_files import read_captions_file
from experiments.captions.formats import read_pairs_file
from experiments.captions.words import words_of
from scm.arguments import ArgumentError

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SETTINGS
@given(ANYTHING, ANYTHING)
@example("👩‍🚀 on 🌙", "שלום world")
@example("word " * 10_000, "\x00\x1b[31m a \x7f")
@example("\ud800 dog", "a dog \udfff")
def test_any_text_is_a_caption_or_is_refused(tmp_path, caption, negative):
    """JSON says halves of characters too, which become U+FFFD; all that is read can be written."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"caption": caption, "negative": negative}) + "\n")
    if not caption.strip() or not negative.strip():
        with pytest.raises(ArgumentError, match="expected a caption in"):
            read_pairs_file(path)
        return
    (pair,) = read_pairs_file(path)
    pair.caption.encode()
    words_of(pair.negative)
    if not any(0xD800 <= ord(c) < 0xE000 for c in caption + negative):
        assert (pair.caption, pair.negative) == (caption, negative)


@SETTINGS
@given(ANYTHING, ANYTHING)
@example("a, b", 'said "stop"')
@example("line\nbreak", "a\tb")
def test_what_a_table_quotes_is_read_back(tmp_path, caption, negative):
    text = io.StringIO()
    csv.writer(text).writerows([["caption", "negative"], [caption, negative]])
    path = tmp_path / "pairs.csv"
    try:
        data = text.getvalue().encode()
    except UnicodeEncodeError:
        return
    path.write_bytes(data)
    if not caption.strip() or not negative.strip():
        with pytest.raises(ArgumentError, match=r"expected (a caption in|records)"):
            read_pairs_file(path)
        return
    (pair,) = read_pairs_file(path)
    assert (pair.caption, pair.negative) == (caption, negative)


@SETTINGS
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
@example(b"PAR1")
@example(b'"')
@example(b"{}")
@example(b'{"a": {}}')
@example(b'["a", 1]')
@example(b"\x00")
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path, data):
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    for read in (read_pairs_file, read_captions_file):
        said = str(path)
        try:
            read(path)
        except ArgumentError as error:
            said = str(error)
        assert said.startswith(str(path))


def read(tmp_path, text, name="corpus.txt", column=None):
    path = tmp_path / name
    path.write_text(text)
    return read_captions_file(path, column)


def test_captions_of_a_corpus(tmp_path):
    """Each as often as the file says it; of a file of pairs once."""
    assert read(tmp_path, "A dog, a cat\n\n A dog\u2028here \nA dog, a cat") == [
        "A dog, a cat",
        "A dog\u2028here",
        "A dog, a cat",
    ]
    coco = {
        "info": {},
        "images": [],
        "annotations": [{"id": 1, "image_id": 2, "caption": "A dog\n"}],
    }
    assert read(tmp_path, json.dumps(coco)) == ["A dog\n"]
    assert read(tmp_path, '["a", "b", "a"]') == ["a", "b", "a"]
    assert read(tmp_path, "text,n\na,1\na,2\n", "c.csv") == ["a", "a"]
    assert read(tmp_path, "n\twords\n1\ta\n", "c.tsv", "words") == ["a"]
    assert read(tmp_path, '{"text": "a", "caption": "b"}\n' * 2, "c.jsonl", "text") == ["a", "a"]
    assert read(tmp_path, '{"text": "a", "caption": "b"}\n' * 2, "c.jsonl") == ["b", "b"]
    pairs = [{"caption": "a", "negative": "b"}, {"caption": "a", "negative": "c"}]
    assert read(tmp_path, json.dumps(pairs)) == ["a"]


@pytest.mark.parametrize(
    ("text", "name", "column", "said"),
    [
        ("a,b\n1,2\n", "c.csv", None, "expected a column caption, title, text, sentence, columns"),
        ("a,b\n1,2\n", "c.csv", "c", "line 2: expected the column c, got a, b"),
        ('["a", ""]', "c.json", None, "record 1: expected a caption, got ''"),
        ('{"annotations": [{"id": 1}]}', "c.json", None, "annotation 0: expected a caption"),
        ('{"annotations": [3]}', "c.json", None, "annotation 0: expected a caption"),
        ('{"annotations": []}', "c.json", None, "expected a column caption"),
        ("\n \n", "c.txt", None, "expected captions, got 'an empty file'"),
    ],
)
def test_what_is_no_corpus_is_refused(tmp_path, text, name, column, said):
    with pytest.raises(ArgumentError, match=said):
        read(tmp_path, text, name, column)
