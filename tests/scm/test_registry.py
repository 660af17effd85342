"""Registries: open to registration, closed to two entries of one name."""

from __future__ import annotations

import doctest
from dataclasses import dataclass

import jax
import pytest

import scm.registry
from scm import WORLDS, Batch, ConfigRegistry, Registry, WorldConfig
from scm.arguments import ArgumentError


def test_a_registry_is_a_mapping_in_order_of_registration():
    shapes = Registry("shape")
    assert shapes.register("triangle", 3) == 3
    shapes.register("square", 4)
    assert list(shapes) == ["triangle", "square"]
    assert dict(shapes) == {"triangle": 3, "square": 4}
    assert "square" in shapes
    assert "circle" not in shapes
    assert len(shapes) == 2


def test_unknown_and_taken_names_are_refused_in_one_sentence():
    shapes = Registry("shape")
    shapes.register("triangle", 3)
    shapes.register("triangle", 3)
    with pytest.raises(ArgumentError, match=r"^shape: expected one of triangle, got 'square'$"):
        shapes["square"]
    taken = "^shape: expected a name that is not taken, got 'triangle'$"
    with pytest.raises(ArgumentError, match=taken):
        shapes.register("triangle", 4)
    assert shapes["triangle"] == 3


def test_a_scope_ends_also_where_it_fails():
    shapes = Registry("shape")
    shapes.register("triangle", 3)
    with shapes.scope():
        shapes.register("square", 4)
        assert dict(shapes) == {"triangle": 3, "square": 4}
        with shapes.scope({"circle": 0}):
            assert dict(shapes) == {"circle": 0}
        assert "square" in shapes
    assert dict(shapes) == {"triangle": 3}

    def failing():
        with shapes.scope({}):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert dict(shapes) == {"triangle": 3}


def test_a_scope_of_classes_ends_with_their_versions():
    class Shape:
        pass

    def versions():
        return {name: version for name, _, version in ConfigRegistry.named() if "shape" in name}

    shapes = ConfigRegistry("shape")
    shapes.register("triangle", Shape, version=2)
    with shapes.scope({"round": int, "triangle": Shape}):
        assert versions() == {"shape/round": 1, "shape/triangle": 2}
        shapes.register("triangle", Shape, version=3)
        assert versions() == {"shape/round": 1, "shape/triangle": 3}
    assert versions() == {"shape/triangle": 2}


def test_its_documented_example_runs():
    results = doctest.testmod(scm.registry)
    assert results.attempted > 0
    assert results.failed == 0


def test_a_world_of_a_users_own_registers_by_the_same_call(hold):
    @dataclass(frozen=True)
    class Constant:
        def build(self, key):
            del key
            return self

        def sample(self, key, n):
            del key
            zeros = jax.numpy.zeros((n, 1))
            return Batch(image=zeros, text=zeros, latents={"z_inv": zeros})

    hold(WORLDS)
    WORLDS.register("constant", Constant)
    config = WORLDS["constant"]()
    assert isinstance(config, WorldConfig)
    key = jax.random.key(0)
    assert config.build(key).sample(key, 3).image.shape == (3, 1)
