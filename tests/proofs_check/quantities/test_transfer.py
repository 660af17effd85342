"""T13's transfer criterion against all encoders into a codebook, and against all critics."""

from __future__ import annotations

import dataclasses
import math
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from proofs_check import FiniteWorld, assert_claim
from proofs_check.check import check_control
from proofs_check.claim import ConditionError
from proofs_check.finite.negatives import all_batches, negatives_of
from proofs_check.quantities.surcharge import (
    caption_law,
    joined,
    transfer_criterion,
    transfer_excess,
)
from proofs_check.strategies import families, finite_worlds
from proofs_check.theorems import t13
from proofs_check.theorems.t13 import T13
from scm.operators.orbits import Edges, orbits

ROUNDING = 1e-12
"""Hundreds of operations of eps each, on numbers below 10."""


@st.composite
def worlds_to_train(draw):
    """Worlds in which T1 makes a hard negative of every caption; T2 does what it does."""
    world = draw(finite_worlds(["T2"]).filter(lambda world: len(np.unique(world.said)) > 1))
    others = [np.flatnonzero(world.said != scene) for scene in world.said]
    target = np.array([draw(st.sampled_from(list(other))) for other in others])
    trained = Edges(np.arange(world.captions), target)
    return dataclasses.replace(world, operators={"T1": trained, **world.operators})


@st.composite
def tiny_worlds(draw):
    """As `worlds_to_train`, small enough for all encoders into one code more than scenes."""
    said = np.array(draw(st.lists(st.integers(0, 2), min_size=2, max_size=5))) % 3
    said[0] = (said[1] + 1) % 3
    weight = np.array(draw(st.lists(st.integers(0, 3), min_size=len(said), max_size=len(said))))
    weight[0] += 1
    scene = np.bincount(said, weight, 3)
    given_scene = weight / np.where(scene[said] > 0, scene[said], 1)
    others = [list(np.flatnonzero(said != z)) for z in said]
    target = np.array([draw(st.sampled_from(other)) for other in others])
    family = draw(families(len(said), ["T2"]))
    family["T1"] = Edges(np.arange(len(said)), target)
    return FiniteWorld.from_tables(scene / scene.sum(), said, given_scene, family)


def best_of_all_encoders(world, negatives, label):
    """The least loss at K = 2, over all maps of captions into a codebook blind within labels.

    An image must have the code of every caption it is drawn with, lest the loss be infinite.
    """
    codes = np.array(list(product(range(world.scenes + 1), repeat=world.captions)))
    drawn = np.flatnonzero(world.support)
    for y, z in product(range(world.captions), repeat=2):
        if label[y] == label[z]:
            codes = codes[codes[:, y] == codes[:, z]]
    for y, z in product(drawn, repeat=2):
        if world.said[y] == world.said[z]:
            codes = codes[codes[:, y] == codes[:, z]]
    law = caption_law(world)
    loss = np.zeros(len(codes))
    for y, other in product(drawn, repeat=2):
        mine = codes[:, y]
        texts = 1 + (codes[:, other] == mine)
        further = sum(codes[:, z] == mine for z in negatives[y])
        loss += 0.5 * law[y] * law[other] * (np.log(texts + further) + np.log(texts))
    return loss.min()


@given(tiny_worlds())
@settings(max_examples=200)
def test_the_criterion_is_that_of_all_encoders(world):
    label = orbits(world.captions, [world.operators["T2"]])
    negatives = negatives_of(world, world.operators["T1"])
    whole = best_of_all_encoders(world, negatives, np.arange(world.captions))
    cost = best_of_all_encoders(world, negatives, label) - whole
    assert transfer_excess(world, negatives, label, 2) == pytest.approx(cost, abs=ROUNDING)
    assert transfer_criterion(world, negatives, label) == (cost <= ROUNDING)


def least_loss(world, negatives, label):
    """The infimum at K = 2 over all critics of images and labels, scores in [-12, 12].

    The loss is convex in the scores; their bound leaves less than 1e-4 of it.
    """
    pairs, weight = all_batches(world.probability, 2)
    image, caption = world.image[pairs], world.caption[pairs]
    further = negatives[caption]
    shape = (world.images, label.max() + 1)

    def loss(flat):
        scores = flat.reshape(shape)[:, label]
        texts = scores[image[:, :, None], caption[:, None, :]]
        own = jnp.diagonal(texts, axis1=1, axis2=2)
        seen = jnp.concatenate([texts, scores[image[:, :, None], further]], axis=2)
        sums = jax.nn.logsumexp(seen, axis=2) + jax.nn.logsumexp(texts, axis=1)
        return weight @ jnp.mean(0.5 * sums - own, axis=1)

    with jax.enable_x64(True):
        value_and_gradient = jax.jit(jax.value_and_grad(loss))
        start = np.zeros(shape).ravel()
        found = minimize(
            lambda flat: tuple(map(np.asarray, value_and_gradient(flat))),
            start,
            jac=True,
            bounds=[(-12, 12)] * start.size,
            method="L-BFGS-B",
            options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 10_000},
        )
    assert found.success
    return found.fun


@pytest.mark.parametrize(
    ("drawn", "trained", "free"),
    [
        (t13.EACH_RELATION, "SWAP", True),
        (t13.EACH_RELATION, "REPLACE", False),
        ((*t13.EACH_RELATION, "a dog right of a cat"), "SWAP", False),
    ],
)
def test_the_criterion_is_that_of_all_critics(drawn, trained, free):
    world = t13.relations(*drawn)
    label = orbits(world.captions, [world.operators["REPLACE"]])
    negatives = negatives_of(world, world.operators[trained])
    whole = least_loss(world, negatives, np.arange(world.captions))
    cost = least_loss(world, negatives, label) - whole
    assert transfer_criterion(world, negatives, label) == free
    excess = transfer_excess(world, negatives, label, 2)
    assert cost <= excess + 1e-4
    assert (cost <= 1e-4) == free
    assert (excess <= ROUNDING) == free


@given(worlds_to_train())
@settings(max_examples=200)
def test_t13_in_random_worlds(world):
    assert_claim(T13, world)


@pytest.mark.parametrize("name", T13.worlds)
def test_worlds_bear_t13_out(name):
    assert_claim(T13, T13.worlds[name]())


@pytest.mark.parametrize("control", T13.controls, ids=lambda control: control.name)
def test_controls_of_t13_fail_as_predicted(control):
    assert all(verdict.holds for verdict in check_control(T13, control))


TWO = np.array([0, 1])
ORDERS = FiniteWorld.from_tables(
    np.array([1.0, 0.0]), TWO, np.ones(2), {"SWAP": Edges(TWO, TWO[::-1])}
)
"""A caption, and its SWAP, which is never drawn."""


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"said": TWO[::-1]}, "captions say the scene"),
        ({"shown": TWO[::-1]}, "images show the scene"),
        ({"operators": {"SWAP": Edges(TWO[1:], TWO[:1])}}, "a hard negative of every caption"),
    ],
)
def test_t13_names_the_condition_that_is_broken(changed, text):
    assert_claim(T13, ORDERS)
    with pytest.raises(ConditionError, match=rf"world: expected .*{text}.*\(T13\)"):
        assert_claim(T13, dataclasses.replace(ORDERS, **changed))


def test_t13_notices_a_criterion_that_forgets_what_is_joined(monkeypatch):
    monkeypatch.setattr(t13, "transfer_criterion", lambda *_: True)
    with pytest.raises(AssertionError, match="costs that the criterion misjudges"):
        assert_claim(T13, ORDERS)


def test_t13_notices_a_surcharge_without_the_batch(monkeypatch):
    monkeypatch.setattr(t13, "blind_own_surcharge", lambda _, M, K: 0.5 * math.log1p(M) / K)
    with pytest.raises(AssertionError, match="own-only, M = 1"):
        assert_claim(T13, ORDERS)


def test_only_captions_that_are_drawn_are_joined():
    label = np.zeros(2, int)
    assert joined(ORDERS, np.array([[1], [0]]), label).tolist() == [[True], [False]]
