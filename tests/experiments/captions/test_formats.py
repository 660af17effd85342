"""Files of pairs as they are published, each made here by hand from its published fields."""

from __future__ import annotations

import csv
import io
import json

import pytest

from experiments.captions.formats import FORMATS, read_pairs_file
from experiments.captions.pairs import CaptionPair
from scm.arguments import ArgumentError

Y, N = "A red cup.", "A blue cup."

SUGARCREPE = {"0": {"filename": "1.jpg", "caption": Y, "negative_caption": N}}
SUGARCREPE_PP = [
    {
        "id": 7,
        "filename": "1.jpg",
        "caption": Y,
        "caption2": "The cup is red.",
        "negative_caption": N,
    }
]
VOTES = {"foil": 0, "caption": 3, "other": 0}
VALSE = {
    "actions_test_0": {
        "dataset": "SWiG",
        "original_split": "test",
        "dataset_idx": "exercising_255.jpg",
        "linguistic_phenomena": "actions",
        "image_file": "1.jpg",
        "caption": Y,
        "classes": "red",
        "classes_foil": "blue",
        "mturk": VOTES,
        "foil": N,
    },
    "actions_test_1": {
        "dataset": "SWiG",
        "image_file": "2.jpg",
        "caption": "A dog.",
        "mturk": VOTES | {"caption": 1},
        "foil": "A cat.",
    },
    "actions_test_2": {
        "dataset": "SWiG",
        "image_file": "2.jpg",
        "caption": "A dog.",
        "mturk": VOTES | {"caption": 2},
        "foil": "A cat.",
    },
}
ARO = [
    {
        "image_id": 3,
        "image_path": "1.jpg",
        "relation_name": "on",
        "bbox_x": 0,
        "true_caption": Y,
        "false_caption": N,
    }
]
WINOGROUND = [
    {
        "id": 0,
        "image_0": "ex_0_img_0",
        "image_1": "ex_0_img_1",
        "caption_0": Y,
        "caption_1": N,
        "tag": "Adjective-Color",
        "secondary_tag": "",
        "num_main_preds": 1,
        "collapsed_tag": "Object",
    }
]
BIVLC = [
    {
        "image": "1.jpg",
        "caption": Y,
        "negative_caption": N,
        "negative_image": "2.jpg",
        "type": "Replace",
        "subtype": "Attribute",
    }
]
OURS = [{"dataset": "mine", "category": "c", "caption": Y, "negative": N, "id": "mine:1"}]


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def table(rows, delimiter=","):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(rows[0].keys())
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


PUBLISHED = {
    "sugarcrepe": (
        json.dumps(SUGARCREPE),
        [CaptionPair(Y, N, "sugarcrepe", "file", "0", None, "1.jpg")],
    ),
    "sugarcrepe++": (
        json.dumps(SUGARCREPE_PP),
        [CaptionPair(Y, N, "sugarcrepe++", "file", "7", "The cup is red.", "1.jpg")],
    ),
    "valse": (
        json.dumps(VALSE, indent=2),
        [
            CaptionPair(Y, N, "valse", "file", "actions_test_0", None, "1.jpg"),
            CaptionPair("A dog.", "A cat.", "valse", "file", "actions_test_2", None, "2.jpg"),
        ],
    ),
    "aro": (json.dumps(ARO), [CaptionPair(Y, N, "aro", "file", "0", None, "1.jpg")]),
    "negclip": (
        table(
            [
                {
                    "filepath": "1.jpg",
                    "title": Y,
                    "neg_caption": str([N, "A cup's red."]),
                    "neg_image": "[1]",
                },
                {
                    "filepath": "2.jpg",
                    "title": "A dog.",
                    "neg_caption": "A cat.",
                    "neg_image": "[]",
                },
                {"filepath": "2.jpg", "title": "A dog.", "neg_caption": "[]", "neg_image": "[]"},
            ],
            "\t",
        ),
        [
            CaptionPair(Y, N, "negclip", "", "0:0", None, "1.jpg"),
            CaptionPair(Y, "A cup's red.", "negclip", "", "0:1", None, "1.jpg"),
            CaptionPair("A dog.", "A cat.", "negclip", "", "1", None, "2.jpg"),
        ],
    ),
    "winoground": (
        lines(WINOGROUND),
        [CaptionPair(Y, N, "winoground", "Adjective-Color", "0", None, "ex_0_img_0", "ex_0_img_1")],
    ),
    "bivlc": (
        table(BIVLC),
        [CaptionPair(Y, N, "bivlc", "Replace Attribute", "0", None, "1.jpg", "2.jpg")],
    ),
    "ours": (lines(OURS), [CaptionPair(Y, N, "mine", "c", "mine:1")]),
}


@pytest.fixture
def written(tmp_path):
    def write(content, name="file.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_every_format_is_tried():
    assert PUBLISHED.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_format_is_known_and_read(written, name):
    """By its content, whatever its name; the same where the format is said."""
    text, pairs = PUBLISHED[name]
    path = written(text, "file.txt")
    assert read_pairs_file(path) == pairs
    assert read_pairs_file(path, name) == pairs


RECORDS = {
    "sugarcrepe": list(SUGARCREPE.values()),
    "sugarcrepe++": SUGARCREPE_PP,
    "aro": ARO,
    "winoground": WINOGROUND,
    "bivlc": BIVLC,
    "ours": OURS,
}


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("mark", ["", "﻿"])
def test_any_kind_of_file_holds_any_format(written, name, mark):
    records = RECORDS[name]
    texts = [table(records), table(records, "\t"), lines(records), json.dumps(records)]
    texts.append(json.dumps(dict(enumerate(records))))
    texts.append("\r\n" + table(records))
    for text in texts:
        assert read_pairs_file(written(mark + text)) == PUBLISHED[name][1]


def test_parquet(tmp_path):
    """Images of BiVLC lie in the file itself."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    image = {"bytes": b"\x89PNG", "path": "1.jpg"}
    rows = [dict(BIVLC[0], image=image, negative_image=image)]
    path = tmp_path / "test.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    assert read_pairs_file(path) == [CaptionPair(Y, N, "bivlc", "Replace Attribute", "0")]
    rows = [{"filepath": "1.jpg", "title": Y, "neg_caption": [N, "A cup."]}]
    parquet.write_table(pa.Table.from_pylist(rows), path)
    assert [pair.negative for pair in read_pairs_file(path)] == [N, "A cup."]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ArgumentError, match="a whole file of Parquet, got"):
        read_pairs_file(path)


def test_parquet_without_its_library(written, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ArgumentError, match=r"pip install 'token-scm\[parquet\]'"):
        read_pairs_file(written(b"PAR1..."))


def test_named_columns(written):
    text = table(
        [{"good": Y, "bad": N, "kind": "x"}, {"good": "A dog", "bad": "A cat", "kind": "y"}]
    )
    pairs = read_pairs_file(written(text), caption_column="good", negative_column="bad")
    assert pairs == [CaptionPair(Y, N, id="0"), CaptionPair("A dog", "A cat", id="1")]
    pairs = read_pairs_file(
        written(text), caption_column="good", negative_column="bad", category_column="kind"
    )
    assert [pair.category for pair in pairs] == ["x", "y"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "expected captions, got 'an empty file'"),
        (" \n\n", "expected captions, got 'an empty file'"),
        (b"caption,negative\n\xff\xfe,b\n", "expected text in UTF-8, got other bytes at 17"),
        ("[]", "expected records, got 'a file with none'"),
        ("caption,negative\n", "expected records, got 'a file with none'"),
        (json.dumps(VALSE)[:-9], "expected complete JSON, got"),
        ('{"0": {"caption"', "expected complete JSON, got"),
        (lines(OURS * 2)[:-9], "line 2: expected an object of JSON, got"),
        (lines(OURS) + "[1]\n", r"line 2: expected an object of JSON, got '\[1\]'"),
        ("[1]", "record 0: expected an object of JSON, got 1"),
        ("[" * 100_000, "expected records, got JSON nested too deep"),
        ("[" + "1" * 5000 + "]", "a number too long"),
        (lines(OURS) + '{"caption": "a"}\n', "line 2: expected the column negative of format ours"),
        (
            lines(OURS) + '{"caption": "", "negative": "b"}',
            "line 2: expected a caption in caption, got ''",
        ),
        ('[{"caption": "a", "negative": 3}]', "record 0: expected a caption in negative, got 3"),
        (
            '[{"caption": "a", "negative": null}]',
            "record 0: expected a caption in negative, got None",
        ),
        ("caption,caption,negative\na,b,c\n", "expected each column once, got 'caption' twice"),
        ('[{"caption": "a", "caption": "b"}]', "expected each key once, got 'caption' twice"),
        ("caption,negative\na,b\n\nc\n", "line 4: expected 2 cells as in the first line, got 1"),
        (
            'caption,negative\n"a\nb",c\nd,e,f\n',
            "line 4: expected 2 cells as in the first line, got 3",
        ),
        (
            "caption,negative\n" + "a" * 200_000 + ",b",
            "line 2: expected cells of a table, got field",
        ),
        (
            "this,that\na,b\n",
            "expected columns of one of the formats .* got the columns this, that",
        ),
        ('{"annotations": [{"caption": "a"}]}', "expected columns of one of the formats"),
        (
            "title\tneg_caption\nA dog\t['a', 3]\n",
            "line 2: expected a caption in neg_caption, got 3",
        ),
        ("title\tneg_caption\nA dog\t['a\n", "line 2: expected a list of captions in neg_caption"),
        (
            json.dumps({"0": VALSE["actions_test_0"] | {"mturk": 3}}),
            "record 0: expected the votes for the caption in mturk, got 3",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(written, content, text):
    path = written(content)
    with pytest.raises(ArgumentError, match=text) as caught:
        read_pairs_file(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_file_of_another_format_and_bad_arguments(written, tmp_path):
    path = written(lines(OURS))
    with pytest.raises(ArgumentError, match="record 0: expected the column foil of format valse"):
        read_pairs_file(path, "valse")
    with pytest.raises(ArgumentError, match=r"format: expected one of sugarcrepe\+\+, bivlc"):
        read_pairs_file(path, "crepe")
    with pytest.raises(ArgumentError, match="format: expected none beside names of columns"):
        read_pairs_file(path, "ours", caption_column="caption")
    with pytest.raises(ArgumentError, match="negative_column: expected the name of a column"):
        read_pairs_file(path, caption_column="caption")
    with pytest.raises(ArgumentError, match="caption_column: expected the name of a column"):
        read_pairs_file(path, category_column="category")
    with pytest.raises(ArgumentError, match="record 0: expected the column bad of format of these"):
        read_pairs_file(path, caption_column="caption", negative_column="bad")
    with pytest.raises(ArgumentError, match="expected a file, got none"):
        read_pairs_file(tmp_path / "nowhere.json")
    with pytest.raises(ArgumentError, match="expected a file, got none"):
        read_pairs_file(tmp_path)
