"""A user's class is told by its source, whatever file that stands in."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from experiments.configs.encoding import config_hash, decode, encode
from experiments.configs.source import source_of
from experiments.objectives import OBJECTIVES, InfoNCE
from scm import CONFIGS
from scm.arguments import ArgumentError

HELPER = """
POWER = 2


def distance(image, text):
    return abs(image - text) ** POWER


def unrelated():
    return 1
"""

LOSS = """
from dataclasses import dataclass
from typing import ClassVar

import jax.numpy as jnp

from experiments.objectives import InfoNCE
from HELPER import distance

WEIGHT = 1.0


class Scaled:
    def scaled(self, loss):
        return 2 * loss


@dataclass(frozen=True)
class MyLoss(Scaled):
    inner: InfoNCE = InfoNCE()
    reads_negatives: ClassVar[bool] = False

    def __call__(self, image, text, log_temperature):
        own = WEIGHT * jnp.mean(distance(image, text))
        return self.scaled(own) + self.inner(image, text, log_temperature)


def main():
    print("training")
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    """A function from two texts to the class MyLoss of a script that imports a helper."""

    def imported(name, text, folder):
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    def load(text=LOSS, helper=HELPER, name="__main__", helper_name="helper"):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        imported(helper_name, helper, folder)
        cls = imported(name, text.replace("HELPER", helper_name), folder).MyLoss
        # While this module is the one of its name, as in a process of its own.
        source_of(cls)
        return cls

    return load


def test_a_class_that_is_moved_keeps_its_key(script):
    key = config_hash(script()())
    assert config_hash(script(name="losses", helper_name="distances")()) == key
    joined = LOSS.replace("from HELPER import distance", HELPER)
    assert config_hash(script(joined)()) == key


@pytest.mark.parametrize(
    "old_and_new",
    [
        ("# ", "# "),
        ("WEIGHT = 1.0", "WEIGHT = 1.0  # a comment"),
        ("    print", "\n    print"),
        ('print("training")', 'print("probing")'),
        ("return 1", "return 2"),
    ],
)
def test_what_it_does_not_name_does_not_count(script, old_and_new):
    texts = [text.replace(*old_and_new) for text in (LOSS, HELPER)]
    assert config_hash(script(*texts)()) == config_hash(script()())


@pytest.mark.parametrize(
    "old_and_new",
    [
        ("WEIGHT * ", "-WEIGHT * "),
        ("WEIGHT = 1.0", "WEIGHT = 3.0"),
        ("2 * loss", "4 * loss"),
        ("jnp.mean", "jnp.sum"),
        ("import jax.numpy as jnp", "import numpy as jnp"),
        ("abs(image", "abs(3 * image"),
        ("POWER = 2", "POWER = 4"),
        ("inner: InfoNCE = InfoNCE()", "inner: InfoNCE = InfoNCE(temperature=2.0)"),
    ],
)
def test_an_edit_of_what_it_does_changes_the_key(script, old_and_new):
    """In the class, its base, a constant or a helper; both classes are __main__:MyLoss."""
    texts = [text.replace(*old_and_new) for text in (LOSS, HELPER)]
    assert texts != [LOSS, HELPER]
    assert config_hash(script(*texts)(InfoNCE())) != config_hash(script()(InfoNCE()))


def test_the_version_of_what_is_ours_counts(script, hold):
    key = config_hash(script()())
    hold(OBJECTIVES)
    OBJECTIVES.register("infonce", InfoNCE, version=2)
    assert config_hash(script()()) != key


def test_json_names_no_module(script):
    text = str(encode(script()()))
    assert "main" not in text
    assert "experiments" not in text
    assert "MyLoss" in text


def test_it_is_built_from_json_once_it_is_registered(script):
    cls = script()
    value, key = encode(cls()), config_hash(cls())
    text = r'registered by CONFIGS.register\("name", MyLoss\), got .MyLoss.$'
    with pytest.raises(ArgumentError, match=text):
        decode(value)
    for registry in (CONFIGS, OBJECTIVES):
        with registry.scope():
            registry.register("mine", cls)
            assert decode(value) == cls()
            assert config_hash(cls()) == key


def test_it_is_not_built_from_json_of_another_source(script, hold):
    value = encode(script()())
    hold(OBJECTIVES)
    OBJECTIVES.register("mine", script(LOSS.replace("2 * loss", "3 * loss")))
    with pytest.raises(ArgumentError, match="type: expected MyLoss as it was when"):
        decode(value)
    OBJECTIVES.register("older", script())
    assert type(decode(value)) is OBJECTIVES["older"]


def typed(text):
    """A class as an interpreter makes it, without a file."""
    namespace = {"__name__": "__main__"}
    exec(compile(text, "<stdin>", "exec"), namespace)
    return namespace["Typed"]


def inside():
    class Typed:
        pass

    return Typed


@pytest.mark.parametrize("make", [inside, lambda: typed("class Typed: pass")])
def test_a_class_without_source_is_refused_in_one_sentence(make):
    with pytest.raises(ArgumentError, match="Typed: expected a class at the top level of a file"):
        source_of(make())
