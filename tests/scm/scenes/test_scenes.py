from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from scm import (
    WORLDS,
    Add,
    Coverage,
    Replace,
    SceneConfig,
    Swap,
    World,
    apply_to_caption,
    hard_negatives,
    rewritings,
)
from scm.scenes.coverage import base_orbits

EXACT = 1e-12
"""Rounding of entropies of at most a thousand probabilities."""

LEVEL = 1e-5
"""Of each test of sampled frequencies; there are fewer than ten."""

KEY = jax.random.key(0)

NOUN = Replace("object 0 noun")
RED = Add("red", 0)


sample = jax.jit(lambda world, key, n: world.sample(key, n), static_argnums=2)


def config_for(operator, images, **settings):
    """The world of each operator's coverage."""
    if operator == RED:
        return SceneConfig(
            nouns=("disc", "square", "ring"),
            attributes=(("red", "blue"),),
            optional_attributes=True,
            images=images,
            **settings,
        )
    return SceneConfig(images=images, **settings)


def price(world, operator):
    """H(z_inv | Q) in nats."""
    table = world.caption_table()
    orbit, p = table.orbits([operator]), table.joint
    scene_and_orbit = np.bincount(table.scene * (orbit.max() + 1) + orbit, p)

    def entropy(q):
        q = q[q > 0]
        return -np.sum(q * np.log(q))

    return entropy(scene_and_orbit) - entropy(np.bincount(orbit, p))


@pytest.mark.parametrize(
    ("operator", "members", "orbits"), [(Swap(), 2, 15), (NOUN, 5, 6), (RED, 2, 18)]
)
@given(
    rho=st.floats(0, 1),
    shown=st.sampled_from(["structured", "hashed"]),
    paraphrase=st.sampled_from([0.0, 0.3, 1.0]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=12)
def test_price_is_coverage_times_log_of_the_orbit(
    blank_images, operator, members, orbits, rho, shown, paraphrase, seed
):
    law = (Coverage(operator, rho, shown=shown),)
    config = config_for(operator, blank_images, coverage=law, paraphrase=paraphrase)
    world = config.build(jax.random.key(seed))
    realised = world.realised_coverage(operator)
    assert realised == round(rho * orbits) / orbits
    np.testing.assert_allclose(price(world, operator), realised * np.log(members), atol=EXACT)
    drawn = world.scene_probability > 0
    for orbit in base_orbits(operator, world.grammar):
        shares = world.scene_probability[orbit]
        np.testing.assert_allclose(shares.sum(), 1 / orbits, atol=EXACT)
        assert drawn[orbit].sum() in (1, members)
        if shown == "structured" and not drawn[orbit].all():
            assert drawn[orbit[0]]


def test_a_structured_orbit_shows_the_smaller_object_on_the_left(blank_images):
    cases = ((Swap(), (0, 1), "<"), (NOUN, (0, 1), "smallest"), (RED, (2, 2), "absent"))
    for operator, columns, rule in cases:
        law = (Coverage(operator, 0.0),)
        world = config_for(operator, blank_images, coverage=law).build(KEY)
        shown = world.grammar.space.concepts[world.scene_probability > 0]
        left, right = shown[:, columns[0]], shown[:, columns[1]]
        if rule == "<":
            assert (left < right).all()
        elif rule == "smallest":
            assert (left == (right == 0)).all()
        else:
            assert (left == -1).all()


@pytest.mark.parametrize("shown", ["structured", "hashed"])
def test_odds_favour_the_scene_that_an_uncovered_orbit_shows(blank_images, shown):
    """For one key: as theta goes to 1, the law goes to that without coverage."""
    uncovered, covered = (
        SceneConfig(coverage=(Coverage(Swap(), *settings, shown),), images=blank_images).build(KEY)
        for settings in ((0.0, 0.5), (1.0, 0.8))
    )
    law = covered.scene_probability
    np.testing.assert_allclose(
        law, (0.2 + 0.6 * (uncovered.scene_probability > 0)) / 15, atol=EXACT
    )


@pytest.mark.parametrize("theta", [0.1, 0.5, 0.8])
def test_odds_price_binary_entropy(blank_images, theta):
    law = (Coverage(Swap(), theta=theta),)
    world = SceneConfig(coverage=law, images=blank_images).build(KEY)
    expected = -theta * np.log(theta) - (1 - theta) * np.log(1 - theta)
    np.testing.assert_allclose(price(world, Swap()), expected, atol=EXACT)


@pytest.mark.parametrize("rho", [0.0, 0.4, 1.0])
def test_price_where_scenes_are_equiprobable(blank_images, rho):
    law = (Coverage(Swap(), rho, law="scenes"),)
    world = SceneConfig(coverage=law, images=blank_images).build(KEY)
    expected = 2 * rho / (1 + rho) * np.log(2)
    np.testing.assert_allclose(price(world, Swap()), expected, atol=EXACT)


def test_probability_of_the_support_is_the_covered_mass(blank_images):
    for operator, rho in ((Swap(), 0.4), (NOUN, 0.5)):
        law = (Coverage(operator, rho),)
        table = SceneConfig(coverage=law, images=blank_images).build(KEY).caption_table()
        np.testing.assert_allclose(table.probability_of_support(operator), rho, atol=EXACT)


def rich_config(images):
    return SceneConfig(
        nouns=("disc", "ring"),
        attributes=(("red",),),
        optional_attributes=True,
        relations=("horizontal", "vertical"),
        coverage=(Coverage(Swap("nouns"), 0.5, shown="hashed"),),
        paraphrase=0.3,
        definite=0.4,
        synonyms=(("disc", "circle"),),
        synonym=0.5,
        images=images,
    )


@pytest.mark.parametrize("agreement", [False, True])
@pytest.mark.usefixtures("strict_promotion")
def test_samples_are_as_frequent_as_the_tables_say(blank_images, agreement):
    config = dataclasses.replace(rich_config(blank_images), agreement=agreement)
    world = config.build(KEY)
    batch = sample(world, jax.random.key(1), 100_000)
    table = world.caption_table()
    counts = np.bincount(table.index(np.asarray(batch.text)), minlength=len(table.rows))
    expected = table.joint * len(batch.text)
    assert counts[expected == 0].sum() == 0
    often = expected > 0
    assert chisquare(counts[often], expected[often]).pvalue > LEVEL
    scene, in_support = jax.jit(world.read)(batch.text)
    assert in_support.all()
    np.testing.assert_array_equal(scene, batch.latents["scene"][:, 0])
    np.testing.assert_array_equal(
        batch.latents["z_inv"], world.grammar.space.concepts[np.asarray(scene)]
    )
    rows = jnp.concatenate([batch.latents["z_inv"], batch.latents["z_dp_txt"]], axis=1)
    np.testing.assert_array_equal(world.grammar.write(rows), batch.text)


def test_determiners_that_agree_leave_mixed_captions_undrawn(blank_images):
    """Of two objects half of all captions, at any odds of "the"; the rest share the probability."""
    config = SceneConfig(definite=0.3, agreement=True, images=blank_images)
    table = config.build(KEY).caption_table()
    first, second = (table.rows[:, table.grammar.determiner(j)] for j in (0, 1))
    np.testing.assert_array_equal(table.support, first == second)
    np.testing.assert_allclose(
        table.caption_probability, np.where(first != second, 0.0, np.where(first == 1, 0.3, 0.7))
    )
    said = table.next_word(0, "the disc left of")
    assert said == {"the": 1.0}


def test_the_mass_of_covered_orbits_in_samples_is_the_coverage(blank_images):
    n, rho = 50_000, 0.4
    config = SceneConfig(coverage=(Coverage(Swap(), rho),), images=blank_images)
    world = config.build(KEY)
    scene = np.asarray(sample(world, jax.random.key(2), n).latents["scene"][:, 0])
    drawn = world.scene_probability > 0
    covered = [orbit for orbit in base_orbits(Swap(), world.grammar) if drawn[orbit].all()]
    share = np.isin(scene, np.concatenate(covered)).mean()
    assert abs(share - rho) < 4.5 * np.sqrt(rho * (1 - rho) / n)


def test_reading_agrees_with_the_table_outside_the_support_too(blank_images):
    world = rich_config(blank_images).build(KEY)
    table = world.caption_table()
    scene, in_support = world.read(table.tokens)
    np.testing.assert_array_equal(scene, table.scene)
    np.testing.assert_array_equal(in_support, table.support)
    assert not in_support.all()
    broken = table.tokens[:5, ::-1]
    scene, in_support = world.read(broken)
    assert (scene == -1).all()
    assert not in_support.any()


def test_all_coverages_share_one_program(blank_images):
    compiled = []

    @jax.jit
    def texts(world):
        compiled.append(world)
        return world.sample(KEY, 4).text

    for rho, theta, paraphrase in ((0.2, 0.5, 0.1), (1.0, 0.3, 0.6)):
        law = (Coverage(Swap(), rho, theta),)
        config = SceneConfig(coverage=law, paraphrase=paraphrase, images=blank_images)
        texts(config.build(KEY))
    assert len(compiled) == 1


def test_the_world_is_one_of_the_worlds(blank_images):
    world = SceneConfig(images=blank_images).build(KEY)
    assert WORLDS["scenes"] is SceneConfig
    assert isinstance(world, World)
    one, same = sample(world, KEY, 5), sample(world, KEY, 5)
    jax.tree.map(np.testing.assert_array_equal, one, same)
    assert one.text.dtype == one.latents["z_inv"].dtype == jnp.int32


def test_co_occurring_nouns_make_symmetric_and_uneven_pairs(blank_images):
    world = SceneConfig(co_occurrence=1.0, images=blank_images).build(KEY)
    p = world.scene_probability
    assert p.max() > 3 * p.min() > 0
    np.testing.assert_allclose(p.sum(), 1.0, atol=EXACT)
    for orbit in base_orbits(Swap(), world.grammar):
        np.testing.assert_allclose(p[orbit[0]], p[orbit[1]], atol=EXACT)


def test_rewritings_agree_with_a_search_over_captions(blank_images):
    world = rich_config(blank_images).build(KEY)
    family = (Swap(), Replace(), Add())
    table = world.caption_table()
    captions = [world.grammar.lexicon.decode(tokens) for tokens in table.tokens]
    place = {caption: c for c, caption in enumerate(captions)}
    start = captions[int(np.flatnonzero(table.support)[7])]
    level, depth_of = {start}, {start: 0}
    for depth in (1, 2):
        level = {
            result
            for caption in level
            for operator in family
            for result in apply_to_caption(operator, world.grammar, caption)
        } - set(depth_of)
        depth_of |= dict.fromkeys(level, depth)
    found = list(rewritings(world, start, family, 2))
    assert {r.caption: r.depth for r in found} == {c: d for c, d in depth_of.items() if d}
    for rewriting in found:
        c = place[rewriting.caption]
        assert rewriting.in_support == table.support[c]
        assert rewriting.changes_scene == (table.scene[c] != table.scene[place[start]])
    kept = {negative.caption for negative in hard_negatives(world, start, family, 2)}
    assert kept == {r.caption for r in found if r.changes_scene}
    assert {r.operators[0] for r in found} == {"SWAP", "REPLACE", "ADD"}


def test_the_table_of_a_config_is_that_of_the_world_it_builds():
    config = SceneConfig(nouns=("cat", "dog", "owl"), coverage=(Coverage(rho=0.5),), definite=0.25)
    key = jax.random.key(3)
    alone, built = config.caption_table(key), config.build(key).caption_table()
    np.testing.assert_array_equal(alone.rows, built.rows)
    np.testing.assert_array_equal(alone.support, built.support)
    # The built world keeps sums of probabilities, each right to 1e-16.
    np.testing.assert_allclose(alone.joint, built.joint, atol=1e-15)
