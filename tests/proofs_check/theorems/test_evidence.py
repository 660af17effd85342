"""Each theorem has exact evidence that an altered world, or an untrained encoder, turns."""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np
import pytest

from proofs_check import (
    CLAIMS,
    T6,
    T7,
    T8,
    T9,
    T10,
    T11,
    T12,
    T13,
    T14,
    T15,
    T16,
    T17,
    T18,
    check_claim,
)
from proofs_check.finite.constructions import orbit_criterion
from proofs_check.finite.labelings import Labelings
from proofs_check.finite.table_encoder import TableEncoder
from proofs_check.quantities.cosine_minimum import minimise_by_cosine
from proofs_check.quantities.minimise import Minimum
from proofs_check.theorems import pseudo_optimality, t10, t12, t13, t14, t15
from proofs_check.theorems.pets import both_slots_replaced, colours_replaced, white_dogs_too
from proofs_check.theorems.pseudo_optimality import AGAINST, all_encoders, same_optimum
from proofs_check.theorems.worlds import image_of_the_wording, orders
from scm.operators.orbits import Edges
from tests.proofs_check.turned import turned

FINITE = (T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16, T17, T18)


@pytest.mark.parametrize("claim", FINITE, ids=lambda claim: claim.id)
def test_every_world_has_evidence_besides_identities(claim):
    for name, world in claim.worlds.items():
        verdicts = check_claim(claim, world(), name)
        assert [verdict.id for verdict in verdicts if not verdict.holds] == []
        kinds = {verdict.kind for verdict in verdicts}
        assert kinds == {"claim", "identity"} or (claim is T10 and "claim" in kinds)


def test_what_holds_at_any_weights_is_an_identity():
    """No verdict of these is read as evidence."""
    expected = {
        "T6": ("orbits where g is blind against T6", "blind optimum exists", "delta(T)"),
        "T7": ("delta(T)", "ties on hard negatives", "text score on hard negatives"),
        "T10": ("infimum of L_inf, Q above Y",),
        "T12": (
            "least growth of hard negatives by a depth",
            "price of words, lowest of all depths",
            "price of words, highest of all depths",
        ),
        "T13": ("shared, M = 1, any blind", "own-only, M = 1, any blind"),
        "T14": ("E ||f(x) - g(y)||^2 in training", "E ||f(x~) - g(y')||^2"),
        "T16": ("gain of the text score", "novel of a rejecting g", "familiar of g*"),
        "T17": ("familiar margin less its closed form", "novel half, aligned"),
        "T18": ("weights of kernels moved",),
        "T15": ("excess, ties broken by 1 nat", "H(z | law of z), at most H(z | Q)"),
    }
    for claim, metrics in expected.items():
        [world, *_] = CLAIMS[claim].worlds.values()
        kinds = {c.metric: c.identity for c in CLAIMS[claim].compare(world())}
        assert all(kinds[metric] for metric in metrics), claim


def drawn_too(world, caption):
    """The world in which one more caption is drawn, with its scene and image, half of the time."""
    assert not world.support[caption]
    scene = world.said[caption]
    image = int(np.flatnonzero(world.shown == scene)[0])
    return dataclasses.replace(
        world,
        image=np.append(world.image, image),
        scene=np.append(world.scene, scene),
        caption=np.append(world.caption, caption),
        probability=np.append(world.probability, 1.0) / 2,
    )


def a_hard_negative(world):
    source, target = world.family
    hard = world.support[source] & (world.said[source] != world.said[target])
    return int(target[hard & ~world.support[target]][0])


@pytest.mark.parametrize("claim", [T7, T8, T9], ids=lambda claim: claim.id)
def test_t7_to_t9_turn_when_a_hard_negative_is_drawn_too(claim):
    """What all encoders say of the altered world is not what they say of the claim's."""
    world = next(make() for make in claim.worlds.values() if make().captions <= 8)
    usual, altered = (all_encoders(w) for w in (world, drawn_too(world, a_hard_negative(world))))
    assert [c.measured for c in usual] == [0.0, 1.0]
    assert [c.measured for c in altered] == [0.0, 0.0]


@pytest.mark.parametrize("claim", [T6, T7, T8, T9], ids=lambda claim: claim.id)
def test_t6_to_t9_turn_when_the_text_encoder_is_untrained(claim):
    """Blind as g** is, but with one embedding for all scenes, or one of the wording."""
    world = next(iter(claim.worlds.values()))()
    collapsed = TableEncoder(np.tile([1.0, 0.0, 0.0], (world.captions, 1)))
    assert "I(X; g(Y))" in turned(same_optimum(world, collapsed))


def test_t6_turns_when_the_criterion_is_wrong(monkeypatch):
    """Both sides of it no longer come from one function."""
    world = white_dogs_too()
    monkeypatch.setattr(pseudo_optimality, "orbit_criterion", lambda _: np.array([True, True]))
    assert turned(all_encoders(world)) == {AGAINST, "some optimum of all encoders is blind"}
    monkeypatch.setattr(pseudo_optimality, "scenes_of_orbits", lambda _: np.array([1, 1]))
    assert "orbits whose cost is against T6" in turned(T6.measure(world))


def test_t6_and_t10_turn_when_images_show_the_wording():
    world = image_of_the_wording({"PARAPHRASE": Edges(np.array([0]), np.array([1]))})
    expected = {AGAINST, "orbits whose cost is against T6", "I(X; Y | O) less H(z | O)"}
    assert expected <= turned(T6.measure(world))
    assert {"I(X; Y | Q)", "price is 0"} <= turned(T10.measure(world))


def test_t10_turns_when_the_critic_is_untrained(monkeypatch):
    world = T10.worlds["SWAP, rho = 1.0"]()
    monkeypatch.setattr(t10, "_loss_of_best_critic", lambda _: 0.0)
    assert turned(T10.measure(world)) == {"L_inf of best critics, Q above Y"}


def test_t11_turns_when_images_do_not_show_the_scene():
    blank = next(c for c in T11.controls if c.name == "images that do not show the scene").world()
    expected = {"optima blind on a forced orbit", "orbits whose cost is against T6"}
    assert expected <= turned(T11.measure(blank))


def test_t12_turns_when_operators_are_others():
    """Half of the edges of the cube."""
    cube = T12.worlds["REPLACE on a cube"]()
    source, target = cube.operators["REPLACE"]
    fewer = dataclasses.replace(cube, operators={"REPLACE": Edges(source[::2], target[::2])})
    assert any(metric.startswith("hard negatives within") for metric in turned(T12.measure(fewer)))


def test_t12_turns_when_encoders_are_insensitive_from_training_captions_only(monkeypatch):
    """One step from captions that are drawn is not all of W."""
    cube = T12.worlds["REPLACE on a cube"]()
    source, target = cube.operators["REPLACE"]
    from_drawn = cube.support[source]
    blind = property(
        lambda found: found.parts[:, source[from_drawn]] == found.parts[:, target[from_drawn]]
    )
    one_step = type("OneStep", (Labelings,), {"blind": blind})
    monkeypatch.setattr(
        t12, "Labelings", lambda world: (one_step if world is cube else Labelings)(world)
    )
    assert turned(T12.measure(cube)) == {"encoders blind to operators or to words alone"}


def test_t13_turns_when_the_criterion_forgets_training_captions(monkeypatch):
    control = next(c for c in T13.controls if c.name == "a negative joined to a paraphrase")
    world = control.world()
    assert turned(T13.measure(world)) == set()
    monkeypatch.setattr(
        t13, "transfer_criterion", lambda world, _, label: orbit_criterion(world, label).all()
    )
    assert turned(T13.measure(world)) == {"costs that the criterion misjudges"}


def test_t13_turns_when_negatives_are_true_of_the_image(monkeypatch):
    world = T13.worlds["one order each"]()
    itself = np.arange(world.captions)[:, None]
    monkeypatch.setattr(t13, "negatives_of", lambda *_: itself)
    assert "own-only, M = 1, K = 3, true optimum" in turned(T13.measure(world))


@pytest.mark.parametrize("name", T14.worlds)
def test_t14_turns_when_encoders_are_untrained(monkeypatch, name):
    untrained = partial(minimise_by_cosine, steps=0)
    monkeypatch.setattr(t14, "minimise_by_cosine", untrained)
    assert turned(T14.measure(T14.worlds[name]())) == {
        "least L_inf by cosine, found by descent",
        "E ||f(x) - g(y)||^2 in training, found",
        "E ||f(x~) - g(y')||^2, found",
    }


def test_t14_turns_when_the_text_encoder_is_not_blind(monkeypatch):
    """Descent of a text encoder with an embedding for each caption."""
    world = colours_replaced()
    sighted = dataclasses.replace(world, operators={})
    novel = t14.NovelPairs.of(world)
    monkeypatch.setattr(t14.NovelPairs, "of", lambda _: novel)
    assert turned(t14._found_by_descent(sighted)) == {"E ||f(x~) - g(y')||^2, found"}


def test_t14_says_nothing_where_the_least_loss_is_not_known():
    assert t14._found_by_descent(both_slots_replaced()) != []
    assert t14._found_by_descent(white_dogs_too()) == []
    assert t14._found_by_descent(orders(1.0)) == []


TIES = "scores of scenes of one law, at least L_inf"
GAPS = "scores of z less those of z~, at least L_inf"


def test_t15_turns_when_the_critic_is_untrained(monkeypatch):
    world = T15.worlds["odds of wordings"]()
    assert {TIES, GAPS} <= {c.metric for c in T15.measure(world)}
    monkeypatch.setattr(t15, "minimise_limit_loss", lambda _, start: Minimum(0.0, 0.0, start))
    assert turned(T15.measure(world)) == {TIES, GAPS}


def test_t15_turns_when_the_odds_of_a_tied_scene_change(monkeypatch):
    """Scenes are still taken for tied, and descent has them apart."""
    world = T15.worlds["odds of wordings"]()
    odds = world.probability * np.array([1.0, 1.0, 1.0, 1.0, 0.5, 2.5])
    changed = dataclasses.replace(world, probability=odds / odds.sum())
    monkeypatch.setattr(t15, "tied_scenes", lambda _: np.array([0, 1, 0]))
    assert TIES in turned(T15.measure(changed))


def test_t15_turns_when_images_show_the_wording():
    world = image_of_the_wording({})
    assert "L_inf, f reads p(.|z) alone" in turned(T15.measure(world))


def test_all_finite_claims_are_looked_at():
    assert {claim.id for claim in FINITE} == set(CLAIMS) - {"T2", "T5"}
