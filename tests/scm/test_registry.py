"""Registries: open to registration, closed to two entries of one name."""

from __future__ import annotations

import doctest
from dataclasses import dataclass

import jax
import pytest

import scm.registry
from scm import WORLDS, Batch, Registry, WorldConfig
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


def test_its_documented_example_runs():
    results = doctest.testmod(scm.registry)
    assert results.attempted > 0
    assert results.failed == 0


def test_a_world_of_a_users_own_registers_by_the_same_call(monkeypatch):
    @dataclass(frozen=True)
    class Constant:
        def build(self, key):
            del key
            return self

        def sample(self, key, n):
            del key
            zeros = jax.numpy.zeros((n, 1))
            return Batch(image=zeros, text=zeros, latents={"z_inv": zeros})

    monkeypatch.setattr(WORLDS, "_entries", dict(WORLDS))
    WORLDS.register("constant", Constant)
    config = WORLDS["constant"]()
    assert isinstance(config, WorldConfig)
    key = jax.random.key(0)
    assert config.build(key).sample(key, 3).image.shape == (3, 1)
