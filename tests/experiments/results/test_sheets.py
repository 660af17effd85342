"""`tokenscm show`: what is printed and drawn is what the world and its operators are."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import jax
import numpy as np
import pytest
from matplotlib.image import imread

from experiments.cli import main
from experiments.results.sheets import SETTINGS, VectorPairs, captions, images_of, show
from scm import (
    OPERATORS,
    WORLDS,
    FixedSetConfig,
    SceneConfig,
    SceneSCM,
    VectorImagesConfig,
    WorldConfig,
    apply_to_caption,
    apply_to_scenes,
    named_key,
    scenes_within,
)

N = 2


@pytest.fixture
def tokenscm(monkeypatch, capsys, tmp_path):
    """A function that runs the command in `tmp_path` and gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tokenscm", "show", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def world():
    """The world of the sheet of seed 0."""
    world = SETTINGS["scenes"].build(named_key(jax.random.key(0), "world"))
    assert isinstance(world, SceneSCM)
    return world


@pytest.fixture(scope="module")
def pairs():
    pairs = show("scenes", N, 0, operators=True)
    assert isinstance(pairs, tuple)
    return pairs


def by_brute_force(grammar, caption):
    """The head and caption of each result of one operator, not by way of `hard_negatives`."""
    scene = tuple(grammar.row(caption)[: grammar.viewpoint])
    lines = set()
    for name, operator in OPERATORS.items():
        for result in apply_to_caption(operator(), grammar, caption):
            if tuple(grammar.row(result)[: grammar.viewpoint]) != scene:
                lines.add((name, result))
    return lines


def test_printed_hard_negatives_are_those_of_brute_force(tokenscm, world, tmp_path):
    code, out, err = tokenscm("scenes", "--n", N, "--operators", "--out", "mine")
    assert (code, err) == (0, "")
    *lines, written = out.splitlines()
    assert written == "mine/scenes.png"
    printed = []
    for line in lines:
        head, caption = line.split(maxsplit=1)
        if line.startswith(" "):
            assert head in ("SWAP", "REPLACE", "ADD")
            printed[-1][1].append((head, caption))
        else:
            printed.append((caption, []))
            assert int(head) == len(printed)
    assert len(printed) == N
    for caption, negatives in printed:
        assert len(negatives) == len(set(negatives))
        assert set(negatives) == by_brute_force(world.grammar, caption)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["scenes.png"]


def test_an_example_shows_the_scene_it_says_and_keeps_the_latents(world, pairs):
    grammar = world.grammar
    batch = world.sample(named_key(jax.random.key(0), "pairs"), N)
    scenes = np.asarray(batch.latents["z_inv"])
    for i, pair in enumerate(pairs):
        np.testing.assert_array_equal(pair.picture.image, batch.image[i])
        for name, operator in OPERATORS.items():
            example = pair.examples[name]
            results, valid = apply_to_scenes(operator(), grammar, scenes[i : i + 1])
            assert (example is None) == (not valid.any())
            if example is None:
                continue
            assert example.caption in {n.caption for n in pair.negatives if n.operators == (name,)}
            said = grammar.row(example.caption)[: grammar.viewpoint]
            assert said.tolist() in results[valid].tolist()
            latents = {s: batch.latents[s][i][None] for s in ("z_dp_img", "z_pr_img")}
            image = world.images.render(grammar.space.arrays(said[None]), **latents)[0]
            np.testing.assert_array_equal(example.image, image)
            assert np.abs(example.image - pair.picture.image).max() > 0.1


def test_without_operators_there_are_only_pairs(pairs):
    plain = show("scenes", N, 0, operators=False)
    assert isinstance(plain, tuple)
    assert all(not pair.negatives and not pair.examples for pair in plain)
    assert list(captions(plain)) == [f"{i + 1}  {p.picture.caption}" for i, p in enumerate(pairs)]


def test_the_same_seed_gives_the_same_sheet_and_another_seed_another(pairs):
    same, other = (show("scenes", N, seed, operators=True) for seed in (0, 1))
    assert isinstance(same, tuple)
    assert isinstance(other, tuple)
    assert list(captions(same)) == list(captions(pairs))
    assert list(captions(other)) != list(captions(pairs))


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        (
            "sentence",
            {
                "shared": {"z_inv": 5},
                "image": {"z_dp_img": 5, "z_pr_img": 5, "image x": 15},
                "text": {"z_dp_txt": 5, "z_pr_txt": 5, "text y": 15},
            },
        ),
        (
            "tokens",
            {
                "shared": {"z_inv": 4},
                "image": {"z_dp_img": 4, "z_pr_img": 4, "image x": 12},
                "text": {"token_noise": 8, **{f"token {i}": 3 for i in range(1, 5)}},
            },
        ),
    ],
)
def test_worlds_of_vectors_are_strips(tokenscm, tmp_path, name, blocks):
    pairs = show(name, N, 0, operators=False)
    assert not isinstance(pairs, tuple)
    assert {
        side: {block: values.shape for block, values in of.items()}
        for side, of in pairs.blocks.items()
    } == {side: {block: (N, size) for block, size in of.items()} for side, of in blocks.items()}
    code, out, err = tokenscm(name, "--n", N, "--operators")
    assert (code, err) == (0, "")
    sentence, written = out.splitlines()
    assert sentence.startswith("Operators act on words")
    assert written == f"sheets/{name}.png"
    image = imread(tmp_path / written)
    assert image.std() > 0.1


def test_the_sheet_shows_the_pairs(tokenscm, tmp_path):
    """Colours of the first pair's image are found in the file."""
    assert tokenscm("scenes", "--n", 1)[0] == 0
    drawn = imread(tmp_path / "sheets" / "scenes.png")[..., :3].reshape(-1, 3)
    first = show("scenes", 1, 0, operators=False)
    assert isinstance(first, tuple)
    inside = first[0].picture.image[5:-5:7, 5:-5:7].reshape(-1, 3)
    for colour in inside:
        assert np.abs(drawn - colour).max(axis=1).min() < 1.5 / 255


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("paragraph",), "world: expected one of sentence, tokens, scenes, got 'paragraph'"),
        (("scenes", "--n", 0), "n: expected an integer of at least 1, got 0"),
        (("tokens", "--n", 65), "n: expected at most 64 pairs on a sheet, got 65"),
        (("tokens", "--seed", -1), "seed: expected an integer of at least 0, got -1"),
        (("tokens", "--seed", 2**32), "seed: expected less than 2**32"),
        (("sentence", "--drift", 1), "drift: expected a world of scenes, got 1.0 of world"),
        (("scenes", "--salience", -1), "salience: expected a number of at least 0, got -1.0"),
        (("scenes", "--drift", 1, "--salience", 1), "salience: expected no drift beside it"),
        (("scenes", "--drift", 5), "max_objects: expected at most 0 on a canvas of 64 pixels"),
        (("sentence", "--n", 1, "--out", "file"), "out: expected a directory that can be"),
        (("sentence", "--n", 1, "--out", "file/deeper"), "out: expected a directory that can be"),
    ],
)
def test_bad_usage_is_one_sentence_and_exit_2_and_writes_nothing(
    tokenscm, tmp_path, arguments, text
):
    (tmp_path / "file").write_text("a file")
    code, out, err = tokenscm(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"tokenscm: {text}")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]
    assert (tmp_path / "file").read_text() == "a file"


def test_help_names_every_option(tokenscm):
    code, out, _ = tokenscm("--help")
    assert code == 0
    for option in (" WORLD ", "--n", "--operators", "--seed", "--out"):
        assert option in out


def test_scene_worlds_have_vector_images_by_default():
    assert SceneConfig().images == VectorImagesConfig()


@dataclass(frozen=True)
class FixedScenes(FixedSetConfig):
    """A user's world around one of scenes."""

    world: WorldConfig = SETTINGS["scenes"]
    pairs: int = 4


def test_a_world_around_scenes_is_shown_as_scenes(hold):
    hold(WORLDS)
    WORLDS.register("fixed", FixedScenes)
    sheet = show("fixed", 4, 0, operators=False)
    assert isinstance(sheet, tuple)
    fixed = FixedScenes().build(named_key(jax.random.key(0), "world"))
    scenes = scenes_within(fixed)
    (said, drawn) = scenes.read(fixed.pairs.text)
    assert drawn.all()
    shown = [scenes.grammar.row(pair.picture.caption) for pair in sheet]
    concepts = scenes.grammar.split(np.stack(shown))[0]
    assert sorted(scenes.grammar.space.index(concepts)) == sorted(np.asarray(said).tolist())


@pytest.mark.parametrize("salience", [0.0, 0.1, 1.0])
def test_faint_places_are_shown_beside_the_exchanged_phrases(salience, pairs):
    """What is exchanged moves a code by the salience times what it does at salience 1."""
    sheets = {
        sigma: show("scenes", N, 0, operators=False, images=images_of("scenes", salience=sigma))
        for sigma in (salience, 1.0)
    }
    moved = {}
    for sigma, sheet in sheets.items():
        assert isinstance(sheet, VectorPairs)
        code, exchanged = sheet.blocks["shared"].values()
        moved[sigma] = np.linalg.norm(code - exchanged, axis=1)
        assert sheet.captions == tuple(pair.picture.caption for pair in pairs)
    np.testing.assert_allclose(moved[salience], salience * moved[1.0], atol=1e-4)
    assert moved[1.0].min() > 1.0


def test_a_drift_moves_what_is_shown(tokenscm, tmp_path, pairs):
    moved = show("scenes", N, 0, operators=False, images=images_of("scenes", drift=1.0))
    assert isinstance(moved, tuple)
    assert moved[0].picture.caption == pairs[0].picture.caption
    assert np.abs(moved[0].picture.image - pairs[0].picture.image).max() > 0.1
    assert tokenscm("scenes", "--n", 2, "--salience", 0.1)[1] == "sheets/scenes.png\n"
    assert (tmp_path / "sheets" / "scenes.png").exists()
