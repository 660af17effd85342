"""Configs survive JSON, and their hash tells any two apart."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.config import config_hash, decode, encode, replace
from experiments.encoders import MLPConfig
from experiments.objectives import InfoNCE
from experiments.optimizer import OptimizerConfig
from experiments.training import TrainingConfig
from scm import MixingConfig, SentenceConfig
from scm.checks import ArgumentError

SENTENCES = st.fixed_dictionaries(
    {
        "n_inv": st.integers(1, 9),
        "n_dp": st.integers(0, 9),
        "law": st.sampled_from(["independent", "gaussian", "dag"]),
        "strength": st.floats(0, 1e6),
        "causal": st.booleans(),
        "style_change": st.floats(0, 1),
    }
)
OTHERS = st.fixed_dictionaries(
    {
        "hidden": st.lists(st.integers(1, 99), max_size=3).map(tuple),
        "rate": st.floats(0, 10, exclude_min=True),
        "batch_size": st.integers(2, 10**6),
    }
)


# Made outside the strategies: beartype, which checks them, uses `random`, which strategies must
# not.
def build(sentence, others):
    return TrainingConfig(
        world=SentenceConfig(**sentence, mixing_img=MixingConfig(depth=2)),
        image_encoder=MLPConfig(others["hidden"]),
        optimizer=OptimizerConfig(learning_rate=others["rate"]),
        batch_size=others["batch_size"],
    )


@given(SENTENCES, OTHERS)
@settings(max_examples=25)
def test_a_config_survives_json(sentence, others):
    config = build(sentence, others)
    assert decode(json.loads(json.dumps(encode(config)))) == config
    assert config_hash(config) == config_hash(decode(encode(config)))


@given(SENTENCES, SENTENCES)
@settings(max_examples=25)
def test_hashes_are_equal_exactly_where_configs_are(left, right):
    left, right = SentenceConfig(**left), SentenceConfig(**right)
    assert (config_hash(left) == config_hash(right)) == (left == right)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("world.law", "dag"),
        ("world.mixing_img.depth", 2),
        ("image_encoder.hidden", (128, 128)),
        ("text_encoder.activation", "relu"),
        ("objective", InfoNCE(similarity="cosine")),
        ("objective.learn_temperature", True),
        ("optimizer.learning_rate", 0.02),
        ("embedding_size", 6),
        ("batch_size", 513),
        ("steps", 2001),
    ],
)
def test_the_hash_reads_every_setting(path, value):
    config = TrainingConfig()
    changed = replace(config, path, value)
    assert changed != config
    assert config_hash(changed) != config_hash(config)


def test_the_hash_tells_parts_and_their_order_apart():
    assert len({config_hash(*parts) for parts in ([1, 2], [2, 1], [12], ["1", "2"], [[1, 2]])}) == 5


def test_the_hash_does_not_change_between_versions():
    """Stored runs are found by it: SHA-256 of ``[1, {"a": [2, 3]}]``, computed by sha256sum."""
    assert config_hash(1, {"a": (2, 3)}) == "9101fa63264ead63"


def test_replace_changes_one_setting_only():
    config = TrainingConfig()
    changed = replace(config, "world.mixing_txt.slope", 0.5)
    before, after = config.world, changed.world
    assert isinstance(before, SentenceConfig)
    assert isinstance(after, SentenceConfig)
    assert after.mixing_txt == dataclasses.replace(before.mixing_txt, slope=0.5)
    assert replace(changed, "world.mixing_txt.slope", 0.2) == config


@pytest.mark.parametrize("path", ["worlds", "world.laws", "world.law.name", ""])
def test_replace_refuses_an_unknown_setting(path):
    with pytest.raises(ArgumentError, match=r"expected (one of|no further name)"):
        replace(TrainingConfig(), path, 1)


def test_replace_checks_the_value():
    with pytest.raises(ArgumentError, match="style_change: expected a number in"):
        replace(TrainingConfig(), "world.style_change", 2.0)


@pytest.mark.parametrize(
    "named", ["json:loads", "nowhere:Config", "scm:Nothing", "", "scm.checks:ArgumentError"]
)
def test_decode_refuses_a_type_that_is_no_config(named):
    with pytest.raises(ArgumentError, match="type: expected an importable config dataclass"):
        decode({"type": named})


def test_decode_refuses_settings_that_the_type_does_not_have():
    with pytest.raises(ArgumentError):
        decode({"type": "scm.sentence:SentenceConfig", "n_invariant": 3})


@pytest.mark.parametrize("value", [object(), {1, 2}, np.zeros(2), lambda: None])
def test_encode_refuses_what_json_does_not_hold(value):
    with pytest.raises(ArgumentError, match="config: expected dataclasses"):
        encode(value)
