"""T16 in random worlds, by brute force over encoders, and in worlds that break its conditions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from proofs_check import T16, FiniteWorld, assert_claim
from proofs_check.claim import ConditionError
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.quantities import shared_negatives
from proofs_check.strategies import finite_worlds, noisy_worlds, scene_worlds
from proofs_check.theorems import t16
from scm.operators.orbits import Edges
from tests.proofs_check.brute_force import BETA, TIE, Enumeration, TinyWorld
from tests.proofs_check.turned import turned


@given(finite_worlds().filter(MAKES_HARD_NEGATIVES.holds))
@settings(max_examples=50)
def test_t16_in_random_worlds(world):
    assert_claim(T16, world)


@given(noisy_worlds().filter(MAKES_HARD_NEGATIVES.holds))
@settings(max_examples=25)
def test_t16_where_all_pairs_are_drawn(world):
    assert_claim(T16, world)


@given(scene_worlds().filter(MAKES_HARD_NEGATIVES.holds))
@settings(max_examples=15)
def test_t16_in_scene_worlds(world):
    assert_claim("T16", world)


def test_t16_needs_hard_negatives():
    both = np.array([0, 1])
    world = FiniteWorld.from_tables(
        np.array([0.5, 0.5]), both, np.ones(2), {"SWAP": Edges(both, both)}
    )
    with pytest.raises(ConditionError, match=r"make a hard negative of a training.*\(T16\)"):
        assert_claim(T16, world)


@pytest.mark.parametrize("control", T16.controls, ids=lambda control: control.name)
def test_controls_fail_as_predicted(control):
    assert all(comparison.holds for comparison in control.failure(control.world()))


FAR = -2 * BETA
"""The score of every image with the last code of captions; of other codes that differ, -BETA."""


def with_a_far_code(scenes):
    """Codes that match or do not, and one more that is far from all, of images too."""
    scores = BETA * (np.eye(scenes + 1) - 1)
    scores[:, -1] = FAR
    return scores


def loss_with(brought):
    """The limit of L_K - log K with M nu(y) shared negatives of each caption, by its definition."""

    def loss(counts, critic):
        p = counts / counts.sum()
        seen = p.sum(axis=0) + brought
        image_side = np.log(np.einsum("y,xgy->xg", seen, np.exp(critic)))
        text_side = np.log(np.einsum("x,xgy->gy", p.sum(axis=1), np.exp(critic)))
        match = np.einsum("xy,xgy->g", p, critic)
        return (p.sum(axis=1) @ image_side + text_side @ p.sum(axis=0)) / 2 - match

    return loss


def halves(found, y, other):
    """Twice the familiar and the novel half of each pair of encoders on one hard negative.

    Image n shows what caption n says.
    """
    f, g = found.f, found.g
    scores = {
        (x, t): found.scores[f[:, None, x], g[None, :, t]] for x in (y, other) for t in (y, other)
    }
    margin = scores[y, y] - scores[y, other], scores[other, other] - scores[other, y]
    return tuple(1 + np.sign(half).astype(int) for half in margin)


def of_orders(*weights):
    """Scenes 0, 1 and 2, 3 are the two orders of a pair; an image and a caption of each."""
    tiny = TinyWorld((0, 1, 2, 3), (0, 1, 2, 3), (1, 1, 1, 1), weights, ((0, 1), (2, 3)))
    p = np.array(weights) / sum(weights)
    return Enumeration(tiny, with_a_far_code(4), loss_with(p[[1, 0, 3, 2]]))


def test_optima_compose_and_reject_where_negatives_are_never_drawn():
    """Of 390,625 pairs of encoders; captions 1 and 3 are negatives and never drawn."""
    found = of_orders(1, 0, 1, 0)
    assert found.least == pytest.approx(-np.log(2), abs=TIE)
    optimal = found.optimal
    near = np.all(found.f < 4, axis=1)[:, None] & np.all(found.g < 4, axis=1)
    assert np.all(optimal | ~(found.true & near))
    kinds = set()
    for y, other in ((0, 1), (2, 3)):
        familiar, novel = halves(found, y, other)
        assert np.all(familiar[optimal] == 2)
        kinds.add(tuple(np.unique(novel[optimal]).tolist()))
    assert kinds == {(0, 1, 2)}
    rejecting = np.all(found.g[:, [1, 3]] == 4, axis=1) & optimal
    told = (found.f[:, 0] != found.f[:, 1]) & (found.f[:, 2] != found.f[:, 3])
    drawn_codes = rejecting & told[:, None]
    assert drawn_codes.any()
    # An image that is never drawn prefers the caption of the other scene, which is not as far.
    for y, other in ((0, 1), (2, 3)):
        assert np.all(halves(found, y, other)[1][drawn_codes] == 0)


def test_no_optimum_rejects_what_is_drawn():
    """Both orders of the first pair are drawn: optima compose there, and elsewhere need not."""
    found = of_orders(1, 1, 1, 0)
    away = found.g == 4
    assert not np.any(found.optimal & away[:, :3].any(axis=1))
    assert np.any(found.optimal & away[:, 3])
    for y, other in ((0, 1), (1, 0)):
        assert all(np.all(half[found.optimal] == 2) for half in halves(found, y, other))


def test_no_optimum_is_blind_to_a_negative():
    """Without negatives blindness is permitted, with them it costs log 2 / 2."""
    found = of_orders(1, 0, 1, 0)
    bare = Enumeration(found.tiny, found.scores, loss_with(np.zeros(4)))
    assert np.any(bare.optimal & bare.wholly_blind)
    least = found.losses[:, found.wholly_blind].min()
    assert least - found.least == pytest.approx(0.5 * np.log(2), abs=TIE)


def test_an_image_of_a_negative_that_is_drawn_rejects_it():
    """Captions 0 and 1 say scenes 0 and 1, and so do 2 and 3, which are negatives, never drawn."""
    tiny = TinyWorld((0, 1), (0, 1, 0, 1), (1, 1), (1, 1, 0, 0), ((0, 3), (1, 2)))
    found = Enumeration(tiny, with_a_far_code(2), loss_with(np.array([0, 0, 0.5, 0.5])))
    composing = np.all(
        [
            found.f[:, None, a] == found.g[None, :, b]
            for a, b in itertools.product(range(2), range(4))
            if a == b % 2
        ],
        axis=0,
    )
    assert found.optimal.any()
    assert not np.any(found.optimal & composing)
    least = found.losses[composing].min()
    assert least - found.least == pytest.approx(0.5 * np.log(2), abs=TIE)


def test_t16_turns_when_negatives_are_not_seen(monkeypatch):
    """Descent without them, beside a closed form with them."""
    world = T16.worlds["odds of noisy orders"]()
    found = shared_negatives.minimise_limit_loss
    monkeypatch.setattr(
        shared_negatives, "minimise_limit_loss", lambda law, start, _: found(law, start)
    )
    expected = {"least L, M = 1", "scores of captions of an image less those of s*, M = 1"}
    assert expected <= turned(T16.measure(world))
    assert "tilt against the first caption" in turned(T16.measure(world))


def test_t16_turns_when_the_criterion_forgets_what_is_never_drawn(monkeypatch):
    """Composing pays for a negative that is never drawn and says a scene that is."""
    world = next(c for c in T16.controls if c.name == "negatives of scenes that are drawn").world()
    assert turned(T16.measure(world)) == set()
    monkeypatch.setattr(t16, "is_free", lambda *_: True)
    assert "g* is optimal, M = 1" in turned(T16.measure(world))
    monkeypatch.setattr(
        t16, "free_labelings", lambda found, negatives: found.optimal & (negatives >= 0).all()
    )
    assert "encoders whose optimality is against T16, M = 1" in turned(T16.measure(world))
