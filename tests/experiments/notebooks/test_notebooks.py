"""Notebooks run without a page, and what they show are the numbers of the library."""

from __future__ import annotations

import importlib

import jax
import numpy as np
import pytest

from experiments.exploring.runs import CHANCE
from experiments.notebooks import NOTEBOOKS, notebook_file
from experiments.results.units import Units
from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS
from experiments.training.run import Run, finish
from experiments.vocabulary import metrics
from proofs_check import CLAIMS, FiniteWorld, price
from scm import named_key

pytest.importorskip("marimo", reason="the extra explore is not installed")


@pytest.fixture
def run():
    """A function from a notebook and what is defined otherwise to all outputs, and definitions."""

    def of(name, **others):
        app = importlib.import_module(f"experiments.notebooks.{name}").app
        outputs, defs = app.run(defs=others) if others else app.run()
        shown = [getattr(output, "text", "") for output in outputs if output is not None]
        return "\n".join(shown), defs

    return of


def test_each_has_a_file():
    assert all(notebook_file(name).is_file() for name in NOTEBOOKS)


@pytest.mark.parametrize(
    ("operator", "covered", "theta", "formula"),
    [
        ("SWAP", 5, 0.5, lambda rho: rho * np.log(2)),
        ("SWAP", 9, 0.8, lambda rho: -rho * (0.8 * np.log(0.8) + 0.2 * np.log(0.2))),
        ("REPLACE", 2, 0.5, lambda rho: rho * np.log(3)),
        ("ADD", 8, 0.5, lambda rho: rho * np.log(4)),
        ("ADD", 0, 0.5, lambda _: 0.0),
    ],
)
def test_the_price_is_exact_and_on_the_curve(run, operator, covered, theta, formula):
    class Chosen:
        value, text = operator, ""

    shown, defs = run("world", operator=Chosen, covered=covered, theta=theta)
    chosen = OPERATOR_WORLDS[operator]
    orbits = defs["orbits"]
    config = chosen.world(covered / orbits, theta)
    table = config.caption_table(named_key(jax.random.key(0), "world"))
    exact = price(FiniteWorld.from_captions(table, [chosen.operator]))
    assert defs["price"] == exact
    assert exact == pytest.approx(formula(covered / orbits), abs=1e-12)
    assert defs["predicted"] == pytest.approx(exact, abs=1e-12)
    assert f"<dd>{exact:.4f}</dd><small>nats, from" in shown
    assert shown.count('class="ts-orbit ts-not"') == covered
    assert shown.count('class="ts-orbit ts-may"') == orbits - covered
    free = "an optimum may be blind on every orbit"
    assert (free in shown) == (covered == 0)


def test_pairs_are_of_the_world_whose_price_is_shown(run):
    shown, defs = run("world")
    captions = [pair.picture.caption for pair in defs["sheet"]]
    assert set(captions) <= set(defs["world"].drawn)
    assert all(f"<figcaption>{caption}</figcaption>" in shown for caption in captions)
    built = defs["world"].scene_world(defs["SEED"])
    drawn = np.bincount(defs["world"].finite.scene, defs["world"].finite.probability)
    assert np.allclose(built.scene_probability[: len(drawn)], drawn, atol=1e-6)


def test_pairs_of_vectors_show_codes(run):
    images = {"salience": 0.1, "causal": True}
    _, defs = run("world", image_kind="vectors", images=images)
    assert "code of the scene" in defs["sheet"].blocks["shared"]


def test_hard_negatives_say_other_scenes(run):
    shown, defs = run("world")
    assert defs["negatives"]
    for negative in defs["negatives"]:
        assert negative.changes_scene
        assert negative.caption in shown


def test_without_a_run_one_is_offered(run, tmp_path):
    shown, defs = run("run", directory=tmp_path / "none")
    assert not defs["runs"]
    assert "There is no run of a scene world in this folder yet" in shown
    assert "scores" not in defs
    assert "One pair up close" not in shown
    assert not (tmp_path / "none").exists()


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A folder with a run that was trained shortly, by a blind encoder, and its key."""
    directory = tmp_path_factory.mktemp("runs")
    chosen = OPERATOR_WORLDS["SWAP"]
    run = Run(chosen.config(chosen.world(0.0), chosen.blind, steps=2), seeds=(0,))
    with jax.numpy_rank_promotion("allow"):
        finish(run, Units.create(directory))
    return directory, run.key


def test_a_stored_run_is_probed(run, stored):
    directory, key = stored
    shown, defs = run("run", directory=directory)
    assert list(defs["runs"].values()) == [key]
    assert list(defs["runs"]) == [f"SWAP, coverage 0: SortedPhrases, 2 steps ({key[:8]})"]
    (scores,) = defs["scores"].values()
    assert [one.metric for one in scores] == list(CHANCE)
    found = {one.metric: one for one in scores}
    # The encoder is blind by its architecture, before training as after it.
    for score in (found[metrics.TEXT_SCORE], found[metrics.FAMILIAR_IMAGE]):
        assert score.trained == score.untrained == score.chance == 0.5
    assert found[metrics.TEXT_TIES].trained == 1.0
    assert found[metrics.GROUP_SCORE].trained == 0.0
    assert found[metrics.DELTA].trained == pytest.approx(0.0, abs=1e-6)
    assert found[metrics.GROUP_SCORE].chance == pytest.approx(1 / 6)
    assert "Hard negatives that training never draws" in shown
    example = defs["example"]
    assert not example.drawn
    assert sorted(example.caption.split()) == sorted(example.negative.split())
    assert example.cosines[:, 0] == pytest.approx(example.cosines[:, 1], abs=1e-5)


def test_a_claim_is_put_to_a_world_in_words(run):
    shown, defs = run("claim")
    assert defs["claim"] is CLAIMS["T6"]
    assert defs["trial"].holds
    assert "Every number is as predicted" in shown
    assert "a white cat" in shown
    assert all(one.holds for one in defs["failure"])
    assert "trials" not in defs


def test_a_claim_that_does_not_speak_of_a_world_says_why(run):
    shown, defs = run("claim", claim_id="T7")
    assert defs["trial"].refused == (
        "world: expected a world whose family is SWAP alone (T7), got one that is not"
    )
    assert "The claim does not speak of this world" in shown


def test_a_claim_is_put_to_random_worlds_and_fails_without_its_condition(run):
    shown, defs = run("claim", claim_id="T7", asked=(12, 3, False), searched=True)
    assert len(defs["trials"]) == 12
    assert all(one.holds for one in defs["trials"])
    failing = defs["failing"]
    assert failing.world.captions == 2
    assert failing.refused.startswith("no optimum is blind")
    assert "0 says scene 0" in shown
