"""Hard positives, half-truths, what one side tells alone, and the halves that T17 predicts."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from experiments.encoders import MLPConfig, TextTransformerConfig
from experiments.objectives import InfoNCE
from experiments.probes.composition import HardPairs, one_hard_negative
from experiments.probes.encoded_world import EncodedWorld
from experiments.probes.half_truths import half_truth
from experiments.probes.predicted_halves import predicted_halves
from experiments.probes.unimodal import told_alone
from experiments.studies.shared.operator_worlds import OBJECT
from experiments.training.config import TrainingConfig
from scm import Add, Coverage, SceneConfig, Swap, VectorImagesConfig
from scm.arguments import ArgumentError
from scm.scenes.coverage import base_orbits

KEY = jax.random.key(0)
PAIRS = 512
IMAGES = VectorImagesConfig(code_size=8, n_dp=1, n_pr=1)
ORDERS = SceneConfig(
    nouns=("disc", "square", "ring", "cross"),
    coverage=(Coverage(Swap(), rho=0.0),),
    definite=0.5,
    agreement=True,
    images=IMAGES,
)
COLOURS = dataclasses.replace(OBJECT, optional_attributes=True, images=IMAGES)


def encoded(world, operator, text_of=None, image_of=None):
    """Encoders whose embedding of each caption and scene is as given, or an untrained pair."""
    config = TrainingConfig(
        world=world,
        image_encoder=MLPConfig((8,)),
        text_encoder=TextTransformerConfig(vocabulary=48, width=8, depth=1, heads=2),
        embedding_size=6,
        objective=InfoNCE("cosine", temperature=0.5),
        batch_size=16,
        steps=2,
    )
    with jax.numpy_rank_promotion("allow"):
        made = EncodedWorld.create(
            config.build_world(1), config.build_encoders(1), [operator], KEY, PAIRS
        )
    if text_of is None or image_of is None:
        return made
    text = np.stack([text_of(made.table, y) for y in range(made.table.captions)])
    image = np.stack([image_of(made.table, z) for z in range(made.table.scenes)])
    return dataclasses.replace(
        made, image=image[made.scene].astype(np.float32), text=text.astype(np.float32)
    )


def one_hot(table, scene):
    return np.eye(table.scenes)[scene]


def pairs_of(world, image_of):
    drawn = HardPairs.draw(world, world.table.family, KEY)
    image = np.stack([image_of(world.table, z) for z in world.table.said[drawn.negative]])
    return dataclasses.replace(drawn, image=image.astype(np.float32))


def test_displacements_of_the_true_optimum():
    world = encoded(ORDERS, Swap(), lambda t, y: one_hot(t, t.said[y]), one_hot)
    found = pairs_of(world, one_hot).measure()
    assert found["|dg|"] == found["|df|"] == pytest.approx(2**0.5)
    assert found["|e|"] == 0.0
    assert found["cos(df, dg)"] == pytest.approx(1.0)


def test_margins_are_those_of_the_displacements():
    """T17 pair by pair, on untrained encoders: the scores follow from the displacements."""
    world = encoded(ORDERS, Swap())
    with jax.numpy_rank_promotion("allow"):
        pairs = HardPairs.draw(world, world.table.family, KEY)
    one = lambda v: v / np.linalg.norm(v, axis=1, keepdims=True)  # noqa: E731
    f, other = one(world.image[pairs.row].astype(float)), one(pairs.image.astype(float))
    g, negative = (
        one(world.text[which].astype(float)) for which in (pairs.caption, pairs.negative)
    )
    dg, df, e = negative - g, other - f, f - g
    familiar = 0.5 * (dg**2).sum(1) - (e * dg).sum(1)
    novel = (df * dg).sum(1) - familiar
    found = pairs.measure()
    assert found["familiar image"] == pytest.approx(np.mean(familiar > 0), abs=2 / PAIRS)
    assert found["novel image"] == pytest.approx(np.mean(novel > 0), abs=2 / PAIRS)
    for metric, vectors in (("|dg|", dg), ("|df|", df), ("|e|", e)):
        assert found[metric] == pytest.approx(np.linalg.norm(vectors, axis=1).mean(), rel=1e-5)
    assert found["cos(df, dg)"] == pytest.approx(np.mean((one(dg) * one(df)).sum(1)), abs=1e-5)


@pytest.mark.parametrize(("rejects", "expected"), [(0.0, 1.0), (2.0, 0.5)])
def test_hard_positives_of_an_encoder_that_rejects_the_unfamiliar(rejects, expected):
    """Sent as far off as the negative, a paraphrase ties with it; otherwise it is as good as y."""

    def text_of(table, y):
        drawn = table.support[y]
        code = one_hot(table, table.said[y]) * (drawn or not rejects)
        return np.append(code, -rejects if not drawn else 0.0)

    image_of = lambda t, z: np.append(one_hot(t, z), 0.0)  # noqa: E731
    world = encoded(ORDERS, Swap(), text_of, image_of)
    found = pairs_of(world, image_of).measure()
    assert found["familiar image"] == 1.0
    assert found["hard positive"] == expected


def test_each_undrawn_paraphrase_of_a_caption_is_as_likely():
    """By enumeration: the mean over pairs of the mean over the paraphrases of each."""
    world = encoded(ORDERS, Swap())
    with jax.numpy_rank_promotion("allow"):
        pairs = HardPairs.draw(world, world.table.family, KEY)
    cosine = lambda a, b: a @ b / np.linalg.norm(a) / np.linalg.norm(b)  # noqa: E731
    rates = []
    for row, caption, negative in zip(pairs.row, pairs.caption, pairs.negative, strict=True):
        image, table = world.image[row].astype(float), world.table
        same = np.flatnonzero((table.said == table.said[caption]) & ~table.support)
        assert len(same) == 2
        wrong = cosine(image, world.text[negative].astype(float))
        rates.append(np.mean([cosine(image, world.text[y].astype(float)) > wrong for y in same]))
    assert pairs.measure()["hard positive"] == pytest.approx(np.mean(rates), abs=2 / PAIRS)


def test_without_undrawn_paraphrases_there_is_no_hard_positive():
    world = encoded(dataclasses.replace(ORDERS, agreement=False), Swap())
    with jax.numpy_rank_promotion("allow"):
        pairs = HardPairs.draw(world, world.table.family, KEY)
    assert "hard positive" not in pairs.measure()


@pytest.mark.parametrize(("likes", "expected"), [(1.0, 1.0), (-1.0, 0.0), (0.0, 0.5)])
def test_half_truths_of_an_encoder_that_likes_short_captions(likes, expected):
    """Right only by length: colours are not read, so that length alone decides, or nothing."""

    short = (COLOURS.grammar.space.concepts[:, 1:-1] == -1).all(axis=1)

    def text_of(table, y):
        return np.array([1.0, likes if short[table.said[y]] else -likes])

    world = encoded(COLOURS, Add(), text_of, lambda *_: np.array([1.0, 1.0]))
    assert half_truth(world, world.table.operators["ADD"], KEY) == expected


def test_half_truths_need_more_than_one_thing_to_say():
    config = dataclasses.replace(COLOURS, attributes=(("red",),))
    world = encoded(config, Add())
    assert half_truth(world, world.table.operators["ADD"], KEY) is None


@pytest.mark.parametrize(("reads_order", "expected"), [(True, 1.0), (False, 0.5)])
def test_what_one_side_tells_alone(reads_order, expected, monkeypatch):
    """Of words at places all is told, of a bag of words the half that chance gives."""
    concepts = ORDERS.grammar.space.concepts

    def code(scene):
        words = [np.eye(4)[concepts[scene, place]] for place in (0, 1)]
        return np.append(np.concatenate(words) if reads_order else sum(words), 1.0)

    world = encoded(ORDERS, Swap(), lambda t, y: code(t.said[y]), lambda _, z: code(z))
    images_of = lambda _self, scenes, _key: np.stack([code(z) for z in scenes])  # noqa: E731
    monkeypatch.setattr(EncodedWorld, "images_of", images_of)
    members = np.stack(base_orbits(Swap(), ORDERS.grammar))
    found = told_alone(world, members, KEY)
    assert found == {
        "told by the image alone": pytest.approx(expected),
        "told by the text alone": pytest.approx(expected),
    }
    with pytest.raises(ArgumentError, match="members: expected at least two orbits, got 1"):
        told_alone(world, members[:1], KEY)


def test_halves_are_predicted_where_misalignment_is_what_it_is_taken_for():
    """Normal noise of the text's size, independent of order: rates are those of normal margins."""
    rng = np.random.default_rng(0)
    d = 24
    world = encoded(ORDERS, Swap())
    bag = np.sort(ORDERS.grammar.space.concepts[:, :2], axis=1)
    same = np.unique(bag, axis=0, return_inverse=True)[1].reshape(-1)
    codes = 8.0 * np.eye(d)[same] + 0.3 * np.eye(d)[12 + np.arange(12)]
    tile = lambda a: np.tile(a, 16)  # noqa: E731
    scenes = tile(world.scene)
    repeated = dataclasses.replace(
        world.pairs,
        scene=scenes,
        caption=tile(world.caption),
        images=jnp.zeros((len(scenes), 1)),
    )
    noise = lambda n: rng.normal(size=(n, d)) * 0.3  # noqa: E731
    image = codes[scenes] + noise(len(scenes))
    many = dataclasses.replace(world, pairs=repeated, image=image, text=codes[world.table.said])
    row, negative = one_hard_negative(
        world.table, world.table.family, many.caption, np.zeros(len(scenes))
    )
    shown = codes[world.table.said[negative]] + noise(len(row))
    pairs = HardPairs(many, row, negative, shown)
    # Three standard errors of a rate near 1/2 from as many pairs, doubled for directions, of which
    # noise of 0.3 to 8 makes little.
    error = 6 * 0.5 / len(row) ** 0.5
    measured, predicted = pairs.measure(), predicted_halves(pairs)
    for half in ("familiar image", "novel image"):
        assert 0.55 < measured[half] < 0.95
        assert predicted[half] == pytest.approx(measured[half], abs=error)


def test_a_blind_encoder_is_predicted_to_tie():
    bag = np.sort(ORDERS.grammar.space.concepts[:, :2], axis=1)
    first = lambda _, z: np.eye(4)[bag[z, 0]]  # noqa: E731
    world = encoded(ORDERS, Swap(), lambda t, y: np.eye(4)[bag[t.said[y]]].sum(0), first)
    pairs = pairs_of(world, first)
    assert predicted_halves(pairs) == {"familiar image": 0.5, "novel image": 0.5}
