"""What notebooks show says what it is drawn from, also to who sees no colour."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from experiments.results.sheets import Picture
from figures.html import (
    MOST_CAPTIONS,
    MOST_ORBITS,
    comparison_table,
    figure_image,
    law_table,
    orbit_row,
    picture_row,
)
from figures.moved_price import draw_moved_price
from figures.moved_scores import draw_losses, draw_scores
from proofs_check import Comparison, caption_world
from scm import Replace, SceneConfig

PETS = SceneConfig(
    nouns=("cat", "dog"), attributes=(("white", "black"),), min_objects=1, max_objects=1
)


def world(
    nouns=PETS, slot: str | None = "object 0 attribute 0", drawn=("a white cat", "a black cat")
):
    return caption_world(nouns, dict.fromkeys(drawn, 1.0), [Replace(slot)])


def test_orbits_say_where_an_optimum_may_be_blind():
    first, second = re.findall(r'<div class="ts-orbit.*?</div>', orbit_row(world()))
    assert "an optimum may not be blind here" in first
    assert re.findall(r"ts-word ts-drawn\">([^<]*)<", first) == ["a white cat", "a black cat"]
    assert "an optimum may be blind here" in second
    assert "ts-drawn" not in second


def test_what_is_not_drawn_is_counted():
    many = SceneConfig(
        nouns=tuple(f"noun{i}" for i in range(MOST_ORBITS + 5)), min_objects=1, max_objects=1
    )
    one = orbit_row(world(many, None, ("a noun3",)))
    assert f"… and {MOST_ORBITS + 5 - MOST_CAPTIONS} more" in one
    assert one.index("a noun3") < one.index("a noun0")
    alone = caption_world(many, {"a noun3": 1.0}, [])
    assert "<p>… and 5 more.</p>" in orbit_row(alone)


def test_pictures_are_those_that_are_given():
    image = np.random.default_rng(0).random((4, 5, 3))
    shown = picture_row([Picture(image, "a <b> cat")])
    assert 'alt="a &lt;b&gt; cat"' in shown
    (code,) = re.findall(r"base64,([^\"]+)\"", shown)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(code))))
    assert np.abs(pixels / 255 - image).max() <= 0.5 / 255 + 1e-9


def test_comparisons_say_whether_they_hold():
    shown = comparison_table(
        [Comparison("price", "~=", 0.5, 0.5), Comparison("ties", ">=", 1.0, 0.25, identity=True)]
    )
    first, second = re.findall(r"<tr><td.*?</tr>", shown)
    assert "equal to" in first
    assert "✓ yes" in first
    assert "0.25" in second
    assert "✗ no</span> (identity)" in second


def test_laws_are_told_entry_by_entry():
    shown = law_table(world())
    assert shown.count("<td class=ts-number>0.5</td>") == 2
    assert "a white cat" in shown


@pytest.mark.parametrize(
    "figure",
    [
        draw_moved_price("rho", lambda rho: rho, (0.5, 0.5), 1.0),
        draw_scores({"text score": (0.9, 0.5, 0.5), "delta": (1.4, 0.2, float("nan"))}),
        draw_losses(np.array([2.0, 1.0]), [100, 200]),
    ],
    ids=["price", "scores", "losses"],
)
def test_figures_are_the_same_each_time_and_say_what_they_are(figure):
    shown = figure_image(figure, "A figure & more.")
    assert 'alt="A figure &amp; more."' in shown
    (code,) = re.findall(r"base64,([^\"]+)\"", shown)
    assert b"<svg" in base64.b64decode(code)


def test_the_point_is_on_the_curve():
    figure = draw_moved_price("rho", lambda rho: 2.0 * rho, (0.25, 0.5), 2.0)
    curve, point = figure.axes[0].get_lines()
    x, y = np.asarray(curve.get_xydata()).T
    ((at, price),) = np.asarray(point.get_xydata())
    assert np.interp(at, x, y) == pytest.approx(price) == 0.5
