"""Configs survive JSON, and their hash tells any two apart."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.configs.encoding import config_hash, decode, encode, plain
from experiments.configs.settings import replace
from experiments.configs.source import is_ours
from experiments.encoders import MLPConfig
from experiments.objectives import OBJECTIVES, InfoNCE
from experiments.training.config import Start, TrainingConfig
from experiments.training.optimizer import OptimizerConfig
from scm import WORLDS, ConfigRegistry, Coverage, MixingConfig, SentenceConfig
from scm.arguments import ArgumentError

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


def stored(named, source=None, **settings):
    return {"type": named, "version": 1, "source": source, "settings": settings}


@pytest.mark.parametrize("source", [None, "0123456789abcdef"])
@pytest.mark.parametrize("named", ["trap:Config", "trap", "os:system", "world/trap", "", 3, None])
def test_what_json_names_is_never_imported(tmp_path, monkeypatch, named, source):
    (tmp_path / "trap.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    with pytest.raises(ArgumentError, match="type: expected a config class") as caught:
        decode(stored(named, source))
    assert "\n" not in str(caught.value)
    assert set(sys.modules) == before


def test_decode_refuses_settings_that_the_class_does_not_have():
    with pytest.raises(ArgumentError, match="world/sentence: expected its own settings"):
        decode(stored("world/sentence", n_invariant=3))


def test_decode_refuses_another_version(hold):
    value = encode(SentenceConfig())
    hold(WORLDS)
    WORLDS.register("sentence", SentenceConfig, version=2)
    with pytest.raises(ArgumentError, match="type: expected world/sentence as it was"):
        decode(value)


def test_a_class_of_ours_is_told_by_name_and_version(monkeypatch, hold):
    """Wherever it stands; the text is written out."""
    text = (
        '[{"settings": {"learn_temperature": false, "negatives": "cross", "similarity": '
        '"squared_distance", "temperature": 1.0, "tile": 512}, "source": null, "type": '
        '"objective/infonce", "version": 1}]'
    )
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert config_hash(InfoNCE()) == key
    monkeypatch.setattr(InfoNCE, "__module__", "experiments.elsewhere")
    assert config_hash(InfoNCE()) == key
    hold(OBJECTIVES)
    OBJECTIVES.register("infonce", InfoNCE, version=2)
    assert config_hash(InfoNCE()) != key


def test_every_config_class_of_ours_is_registered_once():
    """Those that worlds and encoders are built of, captions changed by, or losses taken with."""
    modules = [
        sys.modules[name] for name in sys.modules if name.startswith(("scm.", "experiments."))
    ]
    classes = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and is_ours(value.__module__)
        and dataclasses.is_dataclass(value)
        and any(hasattr(value, name) for name in ("build", "variants", "reads_negatives"))
    }
    parts = {MixingConfig, Coverage, OptimizerConfig, TrainingConfig, Start}
    registered = [entry for _, entry, _ in ConfigRegistry.named() if is_ours(entry.__module__)]
    assert len(registered) == len(set(registered))
    assert set(registered) == classes | parts
    names = [name for name, _, _ in ConfigRegistry.named()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("number", "same"),
    [(np.int64(7), 7), (np.float32(0.5), 0.5), (np.bool_(True), True), (Fraction(1, 4), 0.25)],
)
def test_numbers_of_any_kind_are_pythons(number, same):
    found = plain({"a": (number, [number])})
    assert found == {"a": (same, (same,))}
    assert type(found["a"][0]) is type(same)
    assert json.dumps(encode(number)) == json.dumps(same)
    assert config_hash(number) == config_hash(same)


def test_plain_reaches_the_settings_within():
    # Made without the checks on types that tests add to the constructor.
    config = TrainingConfig()
    object.__setattr__(config, "steps", np.int64(9))
    object.__setattr__(config.world, "n_inv", np.int32(3))
    object.__setattr__(config.image_encoder, "hidden", [np.int64(8)])
    found = plain(config)
    wanted = replace(
        replace(TrainingConfig(steps=9), "world.n_inv", 3), "image_encoder.hidden", (8,)
    )
    assert found == wanted
    assert [type(n) for n in (found.steps, found.world.n_inv, *found.image_encoder.hidden)] == [
        int,
        int,
        int,
    ]
    assert plain(wanted) is wanted


@pytest.mark.parametrize("value", [object(), {1, 2}, np.zeros(2), lambda: None])
def test_encode_refuses_what_json_does_not_hold(value):
    with pytest.raises(ArgumentError, match="config: expected dataclasses"):
        encode(value)
