"""Scores with images, of embeddings whose scores are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from experiments.captions.pairs import CaptionPair
from experiments.captions.reading import Reading
from experiments.results.record import select
from experiments.user_encoders.image_measures import CHANCE, ImageMeasures
from experiments.user_encoders.probed import ProbedPairs
from experiments.user_encoders.probing import Embedded, probe_encoder
from experiments.vocabulary import metrics, probe, roles
from proofs_check.quantities.directions import unit
from proofs_check.quantities.hard_negative_scores import pair_scores

N = 4000


def two_sided(n):
    """Pairs as Winoground has them."""
    return [
        CaptionPair(f"y {i}", f"y' {i}", "d", image=f"x {i}", negative_image=f"x' {i}")
        for i in range(n)
    ]


def columns(pairs, text, image):
    """Means by metric, of embeddings by name."""
    probed = ProbedPairs.of(pairs)
    texts = np.stack([text(name) for name in probed.texts])
    images = np.stack([image(name) for name in probed.images])
    found = ImageMeasures(probed, unit(texts), unit(images)).columns
    return {one.metric: one.above.sum() / one.below.sum() for one in found if one.below.any()}


@pytest.fixture(scope="module")
def random():
    """Scores of independent random directions, and those directions."""
    rng = np.random.default_rng(0)
    # So many axes that the cosines of a pair are independent.
    text, image = rng.normal(size=(2, 2 * N, 64))
    pairs = two_sided(N)
    probed = ProbedPairs.of(pairs)
    return probed, text, image, ImageMeasures(probed, unit(text), unit(image)).columns


def test_independent_scores_are_at_chance(random):
    *_, found = random
    of = {one.metric: one.above.sum() / one.below.sum() for one in found if one.below.any()}
    for metric, chance in CHANCE.items():
        if metric in of:
            # Four standard errors of N draws.
            assert of[metric] == pytest.approx(chance, abs=4 * 0.5 / np.sqrt(N))
    assert of[metrics.RETRIEVAL] < 0.01


def test_scores_are_those_of_our_studies(random):
    """Text, image and group score as `pair_scores` has them, which other tests check."""
    probed, text, image, found = random
    of = {one.metric: one.above.sum() / one.below.sum() for one in found if one.below.any()}
    text, image = unit(text), unit(image)
    images = np.stack([image[probed.image], image[probed.negative_image]], axis=1)
    texts = np.stack([text[probed.caption], text[probed.negative]], axis=1)
    wanted = pair_scores(np.einsum("nad,nbd->nab", images, texts))
    assert of[metrics.TEXT_SCORE] == pytest.approx(float(wanted.text.accuracy))
    assert of[metrics.IMAGE_SCORE] == pytest.approx(float(wanted.image.accuracy))
    assert of[metrics.GROUP_SCORE] == pytest.approx(float(wanted.group))
    halves = of[metrics.FAMILIAR_IMAGE] + of[metrics.NOVEL_IMAGE]
    assert of[metrics.TEXT_SCORE] == pytest.approx(0.5 * halves)


def aligned(name):
    """x and y of a scene in one direction, x~ and y' in another, of 9 scenes."""
    kind, number = name.split()
    return np.eye(20)[2 * int(number) + kind.endswith("'")]


def test_an_encoder_that_composes_has_all_right():
    found = columns(two_sided(9), aligned, aligned)
    for metric in (
        metrics.FAMILIAR_IMAGE,
        metrics.NOVEL_IMAGE,
        metrics.GROUP_SCORE,
        probe.BOTH_CAPTIONS,
        probe.BOTH_IMAGES,
        metrics.RETRIEVAL,
        metrics.DISPLACEMENT_COSINE,
    ):
        assert found[metric] == pytest.approx(1.0)
    assert found[metrics.MISALIGNMENT] == 0
    assert found[metrics.IMAGE_DISPLACEMENT] == pytest.approx(np.sqrt(2))


def test_a_blind_encoder_ties_and_has_no_group():
    found = columns(two_sided(9), lambda name: aligned(name.replace("'", "")), aligned)
    assert found[metrics.TEXT_TIES] == 1.0
    assert found[metrics.TEXT_SCORE] == 0.5
    assert found[metrics.GROUP_SCORE] == found[probe.BOTH_CAPTIONS] == 0.0


def test_an_encoder_that_rejects_negatives_has_one_half_only():
    """The familiar half is 1 and the novel one 0, and not looking does as well (T16)."""

    def text(name):
        return np.r_[1.0 if "'" in name else -1.0, 0.0, 0.0]

    rng = np.random.default_rng(0)
    places = {f"x{mark} {i}": rng.normal(size=2) for i in range(9) for mark in ("", "'")}

    def image(name):
        return np.r_[-3.0, places[name]]

    found = columns(two_sided(9), text, image)
    assert found[metrics.FAMILIAR_IMAGE] == found[metrics.TEXT_ONLY] == 1.0
    assert found[metrics.NOVEL_IMAGE] == found[metrics.GROUP_SCORE] == 0.0


def test_one_sided_data_has_the_familiar_half_alone():
    pairs = [dataclasses.replace(pair, negative_image=None) for pair in two_sided(9)]
    found = columns(pairs, aligned, aligned)
    assert found[metrics.FAMILIAR_IMAGE] == 1.0
    two = {metrics.NOVEL_IMAGE, metrics.TEXT_SCORE, metrics.IMAGE_SCORE, metrics.GROUP_SCORE}
    assert not found.keys() & (two | {metrics.DISPLACEMENT_COSINE, probe.BOTH_CAPTIONS})


def test_how_often_an_image_prefers_a_paraphrase():
    pairs = [
        CaptionPair("y 0", "y' 0", "d", positive="y 1", image="x 0"),
        CaptionPair("y 2", "y 3", "d", positive="y 2", image="x 2"),
        CaptionPair("y 4", "y' 4", "d", image="x 4"),
    ]
    # The first paraphrase is of another direction, as the negative is: a tie.
    assert columns(pairs, aligned, aligned)[metrics.HARD_POSITIVE] == 0.75


def test_chance_of_retrieval_is_the_share_of_own_captions():
    """Two captions of one image of four, and one of each of two others."""
    named = (("y 0", "x 0"), ("y 1", "x 0"), ("y 2", "x 2"), ("y 3", "x 3"))
    pairs = [CaptionPair(y, f"y' {i}", "d", image=x) for i, (y, x) in enumerate(named)]
    probed = ProbedPairs.of(pairs)
    text = np.stack([aligned(name) for name in probed.texts])
    image = np.stack([aligned(name) for name in probed.images])
    rows, verdicts = probe_encoder(Embedded(probed, text, image), [Reading("SWAP")] * 4, "m:f", 0)
    (chance,) = select(rows, metric=metrics.RETRIEVAL, role=roles.CHANCE)
    assert chance.value == pytest.approx((2 / 4 + 1 / 4 + 1 / 4) / 3)
    (found,) = select(rows, metric=metrics.RETRIEVAL, role=roles.MEASURED)
    assert (found.value, found.labels["by"]) == (1.0, probe.ALL)
    scored = select(rows, metric=metrics.FAMILIAR_IMAGE, by=probe.ALL)
    assert [row.labels.get("encoder") for row in scored] == ["m:f", probe.UNTRAINED, None]
    assert any(metrics.TEXT_ONLY in verdict.metric for verdict in verdicts)
