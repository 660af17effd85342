"""T10 in random worlds, in rational arithmetic, by minimisation and in worlds that break it."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check import T10, FiniteWorld, assert_claim, minimise_limit_loss, price, run_checks
from proofs_check.claim import ConditionError
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.information import binary_entropy
from proofs_check.strategies import finite_worlds, scene_worlds
from proofs_check.theorems import priced_worlds, t10
from scm.operators.orbits import Edges

ROUNDING = 1e-12
"""Some hundred operations of eps each, on numbers below 10."""


@given(finite_worlds())
@settings(max_examples=200)
def test_t10_in_random_worlds(world):
    assert_claim(T10, world)


@given(finite_worlds(permissive=True))
@settings(max_examples=50)
def test_t10_where_nothing_is_lost(world):
    assert_claim(T10, world)
    assert price(world) == pytest.approx(0, abs=ROUNDING)


@given(scene_worlds())
@settings(max_examples=50)
def test_t10_in_scene_worlds(world):
    assert_claim("T10", world)


def test_every_world_and_control_is_as_predicted():
    verdicts = run_checks(("T10",))
    assert [verdict.id for verdict in verdicts if not verdict.holds] == []
    assert {verdict.setting for verdict in verdicts if verdict.kind == "control"} == {
        control.name for control in T10.controls
    }


@pytest.mark.parametrize("control", T10.controls[:3], ids=lambda control: control.name)
def test_conditions_that_controls_drop_are_named(control):
    conditions = {
        "images of the wording": "images and captions are independent given the scene",
        "one caption of two scenes": "captions say the scene they are of",
        "noisy images": "images show the scene they are of",
    }
    text = rf"world: expected a world whose {conditions[control.name]} \(T10\)"
    with pytest.raises(ConditionError, match=text):
        assert_claim(T10, control.world())


def test_the_price_in_rational_arithmetic():
    """Orders ab and ba, each said in two ways, ba twice as often; cd in one order only."""
    weights = {("ab", "left"): 1, ("ab", "right"): 1, ("ba", "left"): 3, ("ba", "right"): 1}
    weights |= {("cd", "left"): 2}
    total = sum(weights.values())
    law = {pair: Fraction(weight, total) for pair, weight in weights.items()}

    def label(pair):
        return "".join(sorted(pair[0])), pair[1]

    orbits = defaultdict(Fraction)
    for pair, probability in law.items():
        orbits[label(pair)] += probability
    exact = -sum(float(p) * math.log(p / orbits[label(pair)]) for pair, p in law.items())
    scenes = ["ab", "ba", "cd"]
    scene = np.array([scenes.index(order) for order, _ in law])
    world = FiniteWorld(
        scenes=3,
        shown=np.arange(3),
        said=scene,
        image=scene,
        scene=scene,
        caption=np.arange(5),
        probability=np.array([float(p) for p in law.values()]),
        operators={"SWAP": Edges(np.array([0, 1]), np.array([2, 3]))},
    )
    assert price(world) == pytest.approx(exact, abs=ROUNDING)
    assert_claim(T10, world)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_the_first_equality_by_minimisation_over_all_critics(world_of_counts, seed):
    """Images and captions that may go together in every way: certified to the duality gap."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((3, 2, 4), int)
    counts[:, [0, 0, 1, 1], range(4)] = rng.integers(1, 9, (3, 4))
    world = world_of_counts(counts, operators={"SWAP": Edges(np.array([0, 1]), np.array([2, 3]))})
    seen = minimise_limit_loss(Pairs.of(world, world.orbit).table())
    whole = minimise_limit_loss(Pairs.of(world).table())
    gap = seen.gap + whole.gap
    assert gap <= 1e-10
    assert seen.value - whole.value == pytest.approx(price(world), abs=gap + ROUNDING)


@pytest.mark.parametrize("theta", [0.1, 0.5, 0.8])
def test_odds_are_weighed_by_their_bits(theta):
    exact = sum(-p * math.log(p) for p in (theta, 1 - theta))
    assert binary_entropy(theta) == pytest.approx(exact, abs=1e-15)


def test_orbits_of_a_bag_of_words_are_permutations():
    config = dataclasses.replace(t10._orders_of_phrases(1.0), nouns=("cat", "dog"))
    world = priced_worlds.bag_of_words(config, lambda _: 0.0)
    assert world.words is not None
    words = [caption.split() for caption in world.words]
    for i, j in itertools.combinations(range(world.captions), 2):
        assert (world.orbit[i] == world.orbit[j]) == (Counter(words[i]) == Counter(words[j]))


def test_bits_of_a_half_covered_world():
    """Eight of fifteen pairs are covered, and one half is not the fraction that counts."""
    world = T10.worlds["SWAP, rho = 0.5"]()
    assert price(world) == pytest.approx(8 / 15 * math.log(2), abs=ROUNDING)


def test_losses_at_k_are_binomial_sums():
    """l(p) term by term, of critics that see Y and of those that see Q."""

    def loss(p, K):
        return sum(
            math.comb(K - 1, m) * p**m * (1 - p) ** (K - 1 - m) * math.log1p(m) for m in range(K)
        )

    world = T10.worlds["SWAP, rho = 0.5"]()
    predicted = {row.metric: row.predicted for row in world.closed_forms(world)}
    for K in (64, 256):
        aware = 8 / 15 * loss(1 / 30, K) + 7 / 15 * loss(1 / 15, K)
        assert predicted[f"L_{K} of critics that see Y"] == pytest.approx(aware, abs=ROUNDING)
        blind = loss(1 / 15, K)
        assert predicted[f"L_{K} of critics that see Q"] == pytest.approx(blind, abs=ROUNDING)


MUTANTS = {
    "price": (t10, lambda _: 0.25, "I(X; Y | Q)"),
    "scene_entropy": (t10, lambda _: 0.25, "I(X; Y | Q)"),
    "limit_infimum": (t10, lambda _: 0.25, "infimum of L_inf"),
    "limit_loss": (t10, lambda *_: 0.25, "L_inf of best critics"),
    "orbit_criterion": (t10, lambda _: np.array([True]), "price is 0"),
    "exact_loss": (priced_worlds, lambda *_: 0.0, "L_64 of critics that see Y"),
}
"""A quantity, where it is looked up, what it is broken into, and the comparison that notices."""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_quantity_is_noticed(monkeypatch, name):
    module, broken, metric = MUTANTS[name]
    world = T10.worlds["SWAP, rho = 0.5"]()
    monkeypatch.setattr(module, name, broken)
    failed = [row.metric for row in T10.compare(world) if not row.holds]
    assert any(row.startswith(metric) for row in failed)
