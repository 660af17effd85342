"""`tokenscm probe`, as a user types it."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from experiments.commands.probe import ONE_SIDED
from experiments.results.record import select
from experiments.results.table import read_rows
from experiments.vocabulary import metrics, probe, roles

ENCODER = """
from pathlib import Path
import numpy as np

def letters(text):
    return [text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] + [len(text)]

def encode(texts):
    return np.array([letters(text) for text in texts], float)

def look(paths):
    assert all(type(path) is str for path in paths)
    return np.array([letters(Path(path).read_bytes().hex()) for path in paths], float)

def see(images):
    return np.array([letters(image.mode + str(image.size)) for image in images], float)

def short(paths):
    return np.ones((len(paths), 3))

def nan(texts):
    return encode(texts) * np.nan

def fewer(texts):
    return encode(texts)[1:]

def drops(texts):
    return encode(texts) * np.random.default_rng().choice([0.1, 2.0], (len(texts), 27))

def raises(texts):
    raise RuntimeError("no weights")
"""

FILES = (
    "results.csv",
    "verdicts.json",
    "manifest.json",
    "figures/probe.png",
    "figures/probe.pdf",
    "report.html",
)


@pytest.fixture(autouse=True)
def _own_encoder(module):
    module("own_encoder", ENCODER)


@pytest.fixture
def photos(tmp_path):
    """Images of all pairs, two of each."""
    (tmp_path / "photos").mkdir()
    for place in range(6):
        for side in "ab":
            image = Image.new("RGB", (8 + place, 8), (40 * place, ord(side), 0))
            image.save(tmp_path / "photos" / f"{place}{side}.png")
    return lambda place: {"image": f"{place}a.png", "negative_image": f"{place}b.png"}


@pytest.mark.usefixtures("by_category", "blank_figures")
def test_text_alone(tokenscm, pairs_file, tmp_path):
    pairs_file(each=lambda place: {"positive": f"a paraphrase of {place}"})
    code, out, err = tokenscm("probe", "pairs.jsonl", "--text", "own_encoder:encode")
    assert (code, err) == (0, "")
    for said in ("SWAP, depth 1", "REPLACE", "ADD", "bag", "untrained", "nearer", "paraphrase"):
        assert said in out
    assert out.splitlines()[-4:] == [f"probes/{name}" for name in (FILES[0], *FILES[3:])]
    rows = read_rows(tmp_path / "probes" / "results.csv")
    # Counts of letters are blind to the order of words.
    (swap,) = select(
        rows, metric=metrics.DELTA, role=roles.MEASURED, by=probe.BY_OPERATOR, kind="SWAP"
    )
    assert (swap.value, swap.labels["pairs"], swap.setting) == (0.0, 2, "pairs")
    verdicts = json.loads((tmp_path / "probes" / "verdicts.json").read_text())
    assert {(one["kind"], one["method"], one["claim"]) for one in verdicts} == {
        ("finding", "data", "T17")
    }


def test_two_runs_give_the_same_bits(tokenscm, pairs_file, tmp_path, photos, snapshot):
    pairs_file(each=photos)
    options = ("--image", "own_encoder:look", "--images", "photos")
    found = []
    for seed in (0, 0, 1):
        command = ("probe", "pairs.jsonl", "--text", "own_encoder:encode", *options)
        assert tokenscm(*command, "--seed", seed)[0] == 0
        found.append(snapshot(tmp_path / "probes"))
    first, again, other = found
    assert {name.partition("probes/")[2] for name in first} == set(FILES)
    assert first == again
    assert first != other


@pytest.mark.usefixtures("blank_figures")
@pytest.mark.parametrize("taken", [("own_encoder:look",), ("own_encoder:see", "images")])
def test_images_with_both_halves(tokenscm, pairs_file, tmp_path, photos, taken):
    pairs_file(each=photos)
    image, *kind = taken
    options = ("--image", image, "--images", "photos", *(["--image-input", *kind] if kind else []))
    code, out, err = tokenscm("probe", "pairs.jsonl", "--text", "own_encoder:encode", *options)
    assert (code, err) == (0, "")
    for score in (metrics.FAMILIAR_IMAGE, metrics.NOVEL_IMAGE, metrics.GROUP_SCORE):
        assert score in out
    assert ONE_SIDED not in " ".join(out.split())
    rows = read_rows(tmp_path / "probes" / "results.csv")
    (group,) = select(rows, metric=metrics.GROUP_SCORE, role=roles.CHANCE, by=probe.ALL)
    assert group.value == 1 / 6


@pytest.mark.usefixtures("blank_figures")
def test_the_familiar_half_alone_comes_with_what_it_cannot_show(tokenscm, pairs_file, photos):
    pairs_file(each=lambda place: {"image": photos(place)["image"]})
    options = ("--image", "own_encoder:look", "--images", "photos")
    code, out, _ = tokenscm("probe", "pairs.jsonl", "--text", "own_encoder:encode", *options)
    assert code == 0
    assert ONE_SIDED in " ".join(out.split())
    assert metrics.TEXT_ONLY in out
    assert metrics.GROUP_SCORE not in out


@pytest.mark.usefixtures("blank_figures")
def test_hostile_captions_crash_nothing(tokenscm, pairs_file):
    hostile = ["🦄🦄", "שלום עולם", "\x00\x07\u202e", "word " * 10_000, "...", "[red]é[/red]"]
    pairs = [("[bold]", text, f"{text} {text}") for text in hostile]
    pairs_file(pairs=pairs)
    code, _, err = tokenscm("probe", "pairs.jsonl", "--text", "own_encoder:encode")
    assert (code, err) == (0, "")


@pytest.mark.usefixtures("blank_figures")
def test_several_files_are_data_sets_of_their_own(tokenscm, pairs_file):
    pairs_file("one.jsonl")
    pairs_file("two.jsonl")
    files = ("one.jsonl", "two.jsonl")
    code, out, _ = tokenscm("probe", *files, "--text", "own_encoder:encode")
    assert code == 0
    lines = [line.strip() for line in out.splitlines()]
    assert "one" in lines
    assert "two" in lines


TEXT = ("--text", "own_encoder:encode")
IMAGES = ("--image", "own_encoder:look", "--images", "photos")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("pairs.jsonl", "--text", "own_encoder"), "text: expected MODULE:FUNCTION"),
        (("pairs.jsonl", "--text", "nowhere:f"), "text: expected a module nowhere that can be"),
        (("pairs.jsonl", "--text", "own_encoder:g"), "text: expected a function g in the module"),
        (("pairs.jsonl", "--text", "own_encoder:nan"), "text: expected finite numbers of"),
        (("pairs.jsonl", "--text", "own_encoder:fewer"), "text: expected 11 rows for 11 texts"),
        (("pairs.jsonl", "--text", "own_encoder:drops"), "text: expected the same embedding of"),
        (
            ("pairs.jsonl", "--text", "own_encoder:raises"),
            "text: expected own_encoder:raises to encode 11 texts, got RuntimeError (no weights)",
        ),
        (("nowhere.jsonl", *TEXT), "nowhere.jsonl: expected"),
        (("empty.jsonl", *TEXT), "empty.jsonl"),
        (("column.jsonl", *TEXT), "column.jsonl"),
        (("file", *TEXT), "file"),
        (("pairs.jsonl", *TEXT, "--format", "winoground"), "pairs.jsonl"),
        (("pairs.jsonl", *TEXT, "--format", "none"), "format: expected one of"),
        (("pairs.jsonl", *TEXT, "--caption-column", "caption"), "negative_column: expected"),
        (("pairs.jsonl", *TEXT, "--seed", "-1"), "seed: expected an integer of at least 0"),
        (("pairs.jsonl", *TEXT, "--out", "file"), "out: expected a directory"),
        (("pairs.jsonl", *TEXT, "--text", "a:b"), "text: expected one value, got '2 of them'"),
        (
            ("pairs.jsonl", *TEXT, "--image", "own_encoder:look"),
            "image: expected an image of every caption, in a column of the file, got '6 of 6 pairs",
        ),
        (
            ("images.jsonl", *TEXT, "--image", "own_encoder:look"),
            "images: expected a file of every image, got 'none at 0a.png'",
        ),
        (
            ("images.jsonl", *TEXT, "--image", "own_encoder:short", "--images", "photos"),
            "image: expected embeddings of 27 numbers, as of --text, got 3",
        ),
        (
            ("broken.jsonl", *TEXT, *IMAGES, "--image-input", "images"),
            "images: expected an image for own_encoder:look, got 'photos/broken.png' (Unidentified",
        ),
    ],
)
@pytest.mark.usefixtures("as_users_run")
def test_bad_input_is_one_sentence_and_exit_2(
    tokenscm, pairs_file, tmp_path, photos, snapshot, arguments, text
):
    pairs_file()
    pairs_file("images.jsonl", photos)
    pairs_file("broken.jsonl", lambda _: {"image": "broken.png"})
    pairs_file("empty.jsonl", lambda place: {"negative": " "} if place == 3 else {})
    (tmp_path / "column.jsonl").write_text('{"caption": "a dog"}\n')
    (tmp_path / "file").write_text("a file")
    (tmp_path / "photos" / "broken.png").write_text("no image")
    tokenscm("--version")
    before = snapshot(tmp_path)
    code, out, err = tokenscm("probe", *arguments)
    after = {name: of for name, of in snapshot(tmp_path).items() if "__pycache__" not in name}
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert err.count("\n") == 1
    assert after == before
    assert not (tmp_path / "probes").exists()


@pytest.mark.parametrize("arguments", [(), ("pairs.jsonl",), ("--text", "a:b")])
def test_what_does_not_parse_is_exit_2(tokenscm, arguments):
    code, _, err = tokenscm("probe", *arguments)
    assert code == 2
    assert err


def test_help_names_every_option(tokenscm):
    code, out, _ = tokenscm("probe", "--help")
    assert code == 0
    for option in ("FILE", "--text", "--image", "--images", "--format", "--seed", "--out"):
        assert option in out
