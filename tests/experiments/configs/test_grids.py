"""Grids: what users write is read as they mean it, or refused by name."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.configs.grids import parse_grids
from experiments.encoders import BagOfWordsConfig, MLPConfig
from experiments.studies import STUDIES
from scm import PixelImagesConfig
from scm.arguments import ArgumentError


@pytest.fixture(scope="module")
def config():
    return STUDIES["composition"].base().trained.config


@pytest.mark.parametrize(
    ("grid", "path", "levels"),
    [
        ("steps=10,20", "steps", {10: 10, 20: 20}),
        ("steps=10:40:10", "steps", {10: 10, 20: 20, 30: 30, 40: 40}),
        ("steps=10:39:10,5", "steps", {10: 10, 20: 20, 30: 30, 5: 5}),
        ("steps=40:10:-15", "steps", {40: 40, 25: 25, 10: 10}),
        ("steps=log:1:1000:4", "steps", {1: 1, 10: 10, 100: 100, 1000: 1000}),
        ("images.salience=0:0.3:0.1", "world.images.salience", [0.0, 0.1, 0.2, 0.3]),
        (
            "optimizer.learning_rate=log:1e-3:1:4",
            "optimizer.learning_rate",
            [0.001, 0.01, 0.1, 1.0],
        ),
        ("text_encoder.positions=true,False", "text_encoder.positions", [True, False]),
        (
            "image_encoder.hidden=[64, 64],[],[128]",
            "image_encoder.hidden",
            {"[64, 64]": (64, 64), "[]": (), "[128]": (128,)},
        ),
        (
            "world.attributes=[[red,green],[big]]",
            "world.attributes",
            [(("red", "green"), ("big",))],
        ),
        ("frozen=[image]", "frozen", [("image",)]),
    ],
)
def test_values_are_read_as_the_setting_is(config, grid, path, levels):
    (found,) = parse_grids(config, (grid,))
    assert found.path == path
    if isinstance(levels, dict):
        assert dict(found.levels) == levels
    else:
        assert list(found.levels.values()) == levels
    assert list(map(type, found.levels.values())) == [
        type(value) for value in (levels.values() if isinstance(levels, dict) else levels)
    ]


def test_a_kind_takes_over_what_both_kinds_have(config):
    found, hidden = parse_grids(config, ("text_encoder=bag_of_words", "text_encoder.hidden=[8]"))
    assert found.levels == {
        "bag_of_words": BagOfWordsConfig(vocabulary=config.text_encoder.vocabulary)
    }
    assert hidden.levels == {"[8]": (8,)}
    (images,) = parse_grids(config, ("images=vectors,pixels",))
    assert list(images.levels) == ["vectors", "pixels"]
    assert images.levels["vectors"] == config.world.images
    assert isinstance(images.levels["pixels"], PixelImagesConfig)
    (image,) = parse_grids(config, ("image_encoder=mlp",))
    assert image.levels == {"mlp": config.image_encoder}
    assert isinstance(config.image_encoder, MLPConfig)


@given(st.integers(0, 50), st.integers(1, 40), st.integers(0, 20), st.integers(0, 3))
def test_a_range_has_the_decimals_that_it_says(first, step, count, digits):
    """The oracle is decimal arithmetic, in which 0.1 is a tenth."""
    start, by = (Decimal(number).scaleb(-digits) for number in (first, step))
    config = STUDIES["composition"].base().trained.config
    grid = f"images.salience={start}:{start + count * by}:{by}"
    (found,) = parse_grids(config, (grid,))
    assert list(found.levels) == [float(start + i * by) for i in range(count + 1)]


@given(st.floats(1e-6, 1e3), st.floats(1.1, 1e4), st.integers(2, 9))
def test_a_logarithmic_range_goes_by_equal_factors(first, ratio, count):
    config = STUDIES["composition"].base().trained.config
    (found,) = parse_grids(
        config, (f"optimizer.learning_rate=log:{first}:{first * ratio}:{count}",)
    )
    logarithms = [math.log(float(value)) for value in found.levels]
    assert len(logarithms) == count
    wanted = [math.log(first) + math.log(ratio) * i / (count - 1) for i in range(count)]
    assert logarithms == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    ("grids", "text"),
    [
        (("steps",), "grid: expected NAME=V1,V2.*, got 'steps'"),
        (("steps=1:2",), "grid: expected .*log:FIRST:LAST:COUNT, got 'steps=1:2'"),
        (("steps=1:9:0",), "grid: expected .*, got 'steps=1:9:0'"),
        (("steps=9:1:1",), "grid: expected a range of 1 to 10000 values"),
        (("steps=1:1e9:1",), "grid: expected a range of 1 to 10000 values"),
        (("steps=1:2:0.5",), "grid: expected whole numbers"),
        (("images.salience=nan:1:0.1",), "grid: expected .*, got"),
        (("steps=log:0:9:3",), "grid: expected .*, got"),
        (("steps=log:1:9:x",), "grid: expected .*, got"),
        (("steps=lin:1:9:3",), "grid: expected .*, got"),
        (("steps=1,1",), "grid: expected each value once"),
        (("steps=1:3:1,2",), "grid: expected each value once"),
        (
            ("images=pixel",),
            "grid: expected one of vectors, pixels, got 'pixel'; did you mean pixels",
        ),
        (("salience=1",), "grid: expected one of nouns"),
        (("stepps=1",), "grid: expected one of nouns, .*, got 'stepps'"),
        (("optimizer=adam",), "grid: expected a setting of OptimizerConfig, .*, got 'adam'"),
        (("image_encoder.hidden=64",), "grid: expected lists in brackets"),
        (("image_encoder.hidden=[wide]",), "grid: expected values of type int"),
        (("start=3",), "grid: expected a setting that has a value to vary"),
        (("steps=3", "steps=4"), "grid: expected each setting once"),
    ],
)
def test_what_cannot_be_read_is_refused(config, grids, text):
    with pytest.raises(ArgumentError, match=text):
        parse_grids(config, grids)
