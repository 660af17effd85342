"""Which optima exist, how many, and on which orbits they are blind: by brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.finite.constructions import (
    blindest_text,
    orbit_criterion,
    pseudo_optimal_image,
    true_optimal_image,
    true_optimal_text,
)
from proofs_check.quantities.information import mutual_information, price
from tests.proofs_check.brute_force import (
    CODEBOOKS,
    LOSSES,
    TIE,
    Enumeration,
    TinyWorld,
    components,
    equality,
    line,
    population_loss,
    tiny_worlds,
)


def entropy(law):
    return -sum(float(p) * math.log(p) for p in law.values())


def collision(law):
    """The loss of K = 2 where pairs are told apart but for those of one value."""
    return float(sum(p**2 for p in law.values())) * math.log(2)


def one_scene(tiny, members):
    """Whether all captions drawn among some say one scene."""
    return len({tiny.said[y] for y in members if y in tiny.drawn_captions}) <= 1


def injections(codes, scenes):
    return math.perm(codes, scenes)


def expected_optima(tiny, codes):
    """An injective h of the scenes drawn, and any code for what is never drawn."""
    return injections(codes, len(tiny.drawn_scenes)) * codes**tiny.undrawn


def expected_blind(tiny, codes, orbits):
    """How many optima are blind on each of some orbits."""
    count = expected_optima(tiny, codes)
    for members in orbits:
        drawn = [y for y in members if y in tiny.drawn_captions]
        free = len(members) - len(drawn) - (not drawn)
        count = count // codes**free if one_scene(tiny, members) else 0
    return count


@pytest.mark.parametrize("loss", LOSSES)
@given(tiny_worlds(fewest_drawn=2))
@settings(max_examples=100)
def test_optima_are_counted_and_those_blind_orbit_by_orbit(loss, drawn):
    """T6 to T9 and T11, for the limit of many pairs as for batches of two."""
    tiny, codes = drawn
    found = Enumeration(tiny, equality(codes), LOSSES[loss])
    assert found.optimal.sum() == expected_optima(tiny, codes)
    assert np.all(found.optimal | ~found.true)
    assert found.true.sum() == injections(codes, len(set(tiny.meanings)))
    for members in tiny.orbits:
        blind = found.optimal & found.blind(members)
        assert blind.sum() == expected_blind(tiny, codes, [members])
    wholly = found.optimal & found.wholly_blind
    assert wholly.sum() == expected_blind(tiny, codes, tiny.orbits)


@pytest.mark.parametrize("codebook", CODEBOOKS)
@given(tiny_worlds())
@settings(max_examples=200)
def test_the_orbit_criterion_holds_of_all_optima(codebook, drawn):
    """Also where optima need not agree with each other, or one scene alone is drawn."""
    tiny, codes = drawn
    found = Enumeration(tiny, CODEBOOKS[codebook](codes), population_loss)
    world = tiny.finite_world()
    permitted = [bool((found.optimal & found.blind(members)).any()) for members in tiny.orbits]
    assert permitted == [one_scene(tiny, members) for members in tiny.orbits]
    assert permitted == orbit_criterion(world).tolist()
    assert bool((found.optimal & found.wholly_blind).any()) == all(permitted)
    f = true_optimal_image(world)
    assert found.holds(f, true_optimal_text(world))
    assert found.holds(f, blindest_text(world))


@given(tiny_worlds())
@settings(max_examples=100)
def test_the_least_loss_is_minus_the_information(drawn):
    tiny, codes = drawn
    world = tiny.finite_world()
    found = Enumeration(tiny, equality(codes), population_loss)
    assert found.least == pytest.approx(-entropy(tiny.scene_law), abs=TIE)
    assert found.least == pytest.approx(-mutual_information(world), abs=TIE)


def orbit_of(tiny):
    return {y: n for n, members in enumerate(tiny.orbits) for y in members}


def parts(tiny):
    """The component of scenes and orbits that each scene is in, and whether Q is independent of z
    in each."""
    label = orbit_of(tiny)
    met = tiny.law(lambda _, y: (tiny.said[y], label[y]))
    scenes = 1 + max(tiny.meanings)
    found = components(scenes + len(tiny.orbits), [(z, scenes + q) for z, q in met])
    part = {node: n for n, members in enumerate(found) for node in members}
    scene, orbit = tiny.scene_law, tiny.law(lambda _, y: label[y])
    whole = tiny.law(lambda _, y: part[tiny.said[y]])
    independent = all(
        met.get((z, q), 0) * whole[part[z]] == scene[z] * orbit[q]
        for z, q in itertools.product(scene, orbit)
        if part[z] == part[scenes + q]
    )
    return part, independent


@pytest.mark.parametrize("loss", LOSSES)
@given(tiny_worlds())
@settings(max_examples=100)
def test_blind_encoders_pay_the_price_of_insensitivity(loss, drawn):
    """T10: exactly where orbits are independent of scenes given the component, else no less."""
    tiny, codes = drawn
    found = Enumeration(tiny, equality(codes), LOSSES[loss])
    least_blind = found.losses[:, found.wholly_blind].min()
    part, independent = parts(tiny)
    part_law = tiny.law(lambda _, y: part[tiny.said[y]])
    measure = entropy if loss == "population" else collision
    sign = -1 if loss == "population" else 1
    assert found.least == pytest.approx(sign * measure(tiny.scene_law), abs=TIE)
    if independent:
        assert least_blind == pytest.approx(sign * measure(part_law), abs=TIE)
    if loss == "population":
        cost = price(tiny.finite_world())
        assert least_blind - found.least >= cost - TIE
        if independent:
            assert least_blind - found.least == pytest.approx(cost, abs=TIE)
        label = orbit_of(tiny)
        pairs = tiny.law(lambda _, y: (tiny.said[y], label[y]))
        orbits = tiny.law(lambda _, y: label[y])
        assert cost == pytest.approx(entropy(pairs) - entropy(orbits), abs=TIE)


@given(tiny_worlds(fewest_drawn=2))
@settings(max_examples=100)
def test_a_novel_pair_is_apart_where_the_text_is_blind(drawn):
    """T14, in all optima with f = h on images of all scenes and a g blind everywhere."""
    tiny, codes = drawn
    found = Enumeration(tiny, equality(codes), population_loss)
    distinct = np.all(
        [
            (found.f[:, a] == found.f[:, b]) == (tiny.shown[a] == tiny.shown[b])
            for a, b in itertools.product(range(len(tiny.shown)), repeat=2)
        ],
        axis=0,
    )
    pairs = found.optimal & distinct[:, None] & found.wholly_blind
    for members in tiny.orbits:
        told = {tiny.said[y] for y in members if y in tiny.drawn_captions}
        for y, x in itertools.product(members, range(len(tiny.shown))):
            together = found.f[:, None, x] == found.g[None, :, y]
            if len(told) == 1:
                assert np.all((together == (tiny.shown[x] in told)) | ~pairs)


@given(tiny_worlds(), st.data())
@settings(max_examples=100)
def test_the_criterion_holds_with_image_and_text_exchanged(drawn, data):
    tiny, codes = drawn
    node = st.integers(0, len(tiny.shown) - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=3))
    mirrored = TinyWorld(
        tiny.said, tiny.shown, tiny.caption_weight, tiny.image_weight, tuple(edges)
    )
    found = Enumeration(mirrored, equality(codes), population_loss)
    label = np.array(list(dict(sorted(orbit_of(mirrored).items())).values()))
    world = tiny.finite_world()
    if not (found.optimal & found.wholly_blind).any():
        with pytest.raises(ValueError, match="world: expected orbits in which all of training"):
            pseudo_optimal_image(world, label)
    else:
        assert found.holds(true_optimal_text(world), pseudo_optimal_image(world, label))


def test_optima_may_carry_nuisance_where_codes_have_distances():
    """T5 in finite worlds: scenes are separated, yet f(x) = g(y) is not implied."""
    tiny = TinyWorld((0, 0, 1), (0, 1), (1, 1, 1), (1, 1))
    for codebook, nuisance in ((equality(5), False), (line(5), True)):
        found = Enumeration(tiny, codebook, population_loss)
        f = found.f[found.optimal.any(axis=1)]
        assert np.any(f[:, 0] != f[:, 1]) == nuisance
        assert np.all(f[:, :2] != f[:, 2:])


def exchanged(words):
    first, on, second = words
    return {(second, on, first)}


def with_another(words):
    white, cat = words
    return {
        ("black" if white == "white" else "white", cat),
        (white, "dog" if cat == "cat" else "cat"),
    }


def with_another_noun(words):
    return {other for other in with_another(words) if other[0] == words[0]}


def with_one_more(words):
    return {("white", *words)} if "white" not in words else set()


SCENES = ("bulb on grass", "grass on bulb", "cat on mat", "mat on cat")
PETS = ("white cat", "black cat", "white dog", "black dog")
ADDED = ("cat", "white cat", "dog", "white dog")


@pytest.mark.parametrize(
    ("operator", "captions", "drawn", "permitted"),
    [
        (exchanged, SCENES, ("bulb on grass", "cat on mat"), [True, True]),
        (exchanged, SCENES, ("bulb on grass", "grass on bulb", "mat on cat"), [False, True]),
        # Every single replacement is novel, yet two steps join what is drawn.
        (with_another, PETS, ("white cat", "black dog"), [False]),
        (with_another_noun, PETS, ("white cat", "black dog"), [True, True]),
        (with_one_more, ADDED, ("cat", "white dog"), [True, True]),
        (with_one_more, ADDED, ("cat", "dog", "white dog"), [True, False]),
    ],
)
def test_captions_in_words(operator, captions, drawn, permitted):
    """T7 to T9 over 390,625 pairs: a caption a scene, and a code more than there are scenes."""
    words = [tuple(caption.split()) for caption in captions]
    edges = [(y, words.index(other)) for y, said in enumerate(words) for other in operator(said)]
    scenes = tuple(range(4))
    weights = tuple(int(caption in drawn) for caption in captions)
    tiny = TinyWorld(scenes, scenes, (1,) * 4, weights, tuple(edges))
    found = Enumeration(tiny, equality(5), population_loss)
    assert found.optimal.size == 390_625
    assert found.optimal.sum() == expected_optima(tiny, 5)
    assert (found.optimal & found.true).sum() == injections(5, 4)
    for members, expected in zip(tiny.orbits, permitted, strict=True):
        blind = found.optimal & found.blind(members)
        assert blind.any() == expected
        assert blind.sum() == expected_blind(tiny, 5, [members])
    assert orbit_criterion(tiny.finite_world()).tolist() == permitted
