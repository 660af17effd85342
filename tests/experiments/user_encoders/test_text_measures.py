"""Numbers of text alone, of encoders whose numbers are known in closed form."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from experiments.captions.pairs import CaptionPair
from experiments.captions.reading import Reading, Step
from experiments.results.record import select
from experiments.results.statistics import bootstrap_mean
from experiments.user_encoders.bag import bag_of_words
from experiments.user_encoders.directions import Directions
from experiments.user_encoders.probed import NONE, ProbedPairs
from experiments.user_encoders.probing import Embedded, probe_encoder
from experiments.user_encoders.resampling import Column, estimates
from experiments.user_encoders.text_measures import TextMeasures
from experiments.user_encoders.untrained import untrained
from experiments.vocabulary import metrics, probe, roles
from scm.arguments import ArgumentError

PAIRS = [
    CaptionPair("a red cube", "a cube red", "one", "SWAP", positive="a cube that is red"),
    CaptionPair("a red cube", "a red ball", "one", "REPLACE"),
    CaptionPair("the dog barks", "the dog barks loudly", "one", "ADD"),
    CaptionPair("two cats", "cats two", "one", "SWAP", image="a.png"),
    CaptionPair("some pets", "pets some", "one", "SWAP", image="a.png"),
    CaptionPair("a red cube", "cube a red", "two", "SWAP"),
    CaptionPair("blue sky", "sky blue", "two", "SWAP"),
]


@pytest.fixture
def probed():
    return ProbedPairs.of(PAIRS)


def measured(probed, embeddings):
    draws = probed.unrelated(5, np.random.default_rng(0))
    return TextMeasures.of(probed, Directions.of(embeddings), draws)


def probe_all(pairs, embeddings, kinds=None):
    probed = ProbedPairs.of(pairs)
    table = np.stack([embeddings(text) for text in probed.texts]).astype(float)
    kinds = [pair.category for pair in pairs] if kinds is None else kinds
    readings = [Reading(kind, (Step(kind, ()),)) for kind in kinds]
    return probe_encoder(Embedded(probed, table), readings, "m:f", 0)


def independent(pairs, row):
    """Distinct captions of the data set that share neither caption nor image with a pair."""
    one = pairs[row]
    same = {pair.image for pair in pairs if pair.caption == one.caption} - {None}
    kin = {pair.caption for pair in pairs if pair.image in same} | {one.caption}
    return {pair.caption for pair in pairs if pair.dataset == one.dataset} - kin


def test_distances_are_those_of_scipy(probed):
    """Against unrelated captions too, one by one, without any sums."""
    rng = np.random.default_rng(1)
    embeddings = rng.normal(size=(len(probed.texts), 6))
    of = dict(zip(probed.texts, embeddings, strict=True))
    found = measured(probed, embeddings)
    for row, pair in enumerate(PAIRS):
        y = of[pair.caption]
        assert found.moved[row] == pytest.approx(cosine(y, of[pair.negative]), abs=1e-12)
        wanted = np.mean([cosine(y, of[other]) for other in independent(PAIRS, row)])
        assert found.apart[row] == pytest.approx(wanted, abs=1e-12)
    assert found.paraphrased[0] == pytest.approx(
        cosine(of["a red cube"], of["a cube that is red"]), abs=1e-12
    )
    assert np.isnan(found.paraphrased[1:]).all()


def test_unrelated_captions_are_all_those_there_are_and_no_others(probed):
    draws = probed.unrelated(400, np.random.default_rng(0))
    for row in range(len(PAIRS)):
        assert {probed.texts[index] for index in draws[row]} == independent(PAIRS, row)
        counts = np.unique(draws[row], return_counts=True)[1]
        # Uniform: a share of 400 draws has a standard error of at most 10.
        assert np.ptp(counts) < 80


def test_one_caption_has_nothing_unrelated():
    probed = ProbedPairs.of(PAIRS[:2])
    assert (probed.unrelated(3, np.random.default_rng(0)) == NONE).all()
    rows, verdicts = probe_all(PAIRS[:2], lambda text: [len(text), 1, text.count("a")])
    assert np.isnan([row.value for row in rows if row.metric == metrics.DELTA]).all()
    assert not any(verdict.holds for verdict in verdicts)


def test_no_pair_is_refused():
    with pytest.raises(ArgumentError, match="file: expected at least one pair of captions, got 0"):
        ProbedPairs.of([])


def rows_of(rows, metric, encoder, **wanted):
    return [row.value for row in select(rows, metric=metric, encoder=encoder, **wanted)]


def counts(words):
    """An encoder that counts words."""
    return lambda text: [text.split().count(word) for word in words]


def test_a_bag_of_words_is_blind_to_swap_exactly():
    """As a user's encoder and as what stands beside it."""
    words = sorted({word for p in PAIRS for t in (p.caption, p.negative) for word in t.split()})
    words += ["that", "is"]
    rows, _ = probe_all(PAIRS, counts(words))
    for encoder in ("m:f", probe.BAG):
        wanted = {"by": probe.BY_OPERATOR, "kind": "SWAP"}
        assert rows_of(rows, metrics.DELTA, encoder, **wanted) == [0.0, 0.0]
        assert rows_of(rows, metrics.TIES, encoder, **wanted) == [1.0, 1.0]
        assert rows_of(rows, metrics.TIES, encoder, by=probe.BY_OPERATOR, kind="ADD") == [0.0]
    # Three words of four in common; the captions of others share none with it.
    wanted = (1 - 3 / np.sqrt(12)) / 1.0
    (delta,) = rows_of(rows, metrics.DELTA, probe.BAG, by=probe.BY_OPERATOR, kind="ADD")
    assert delta == pytest.approx(wanted)


def test_one_hot_encoders_have_delta_one():
    """All texts are as far apart as can be, negatives like unrelated captions."""
    probed = ProbedPairs.of(PAIRS)
    places = {text: place for place, text in enumerate(probed.texts)}
    rows, _ = probe_all(PAIRS, lambda text: np.eye(len(places))[places[text]])
    values = rows_of(rows, metrics.DELTA, "m:f")
    np.testing.assert_allclose(values, 1.0)
    np.testing.assert_allclose(rows_of(rows, metrics.TEXT_DISPLACEMENT, "m:f"), np.sqrt(2))
    assert rows_of(rows, probe.NEARER, "m:f", by=probe.ALL) == [0.5]


def test_a_collapsed_encoder_is_told_and_not_divided():
    rows, verdicts = probe_all(PAIRS, lambda _: [1.0, 2.0])
    assert np.isnan(rows_of(rows, metrics.DELTA, "m:f")).all()
    assert set(rows_of(rows, metrics.COLLAPSED, "m:f")) == {1.0}
    assert set(rows_of(rows, metrics.COLLAPSED, probe.UNTRAINED)) == {0.0}
    assert not any(verdict.holds for verdict in verdicts)


def test_how_often_the_negative_is_nearer_than_the_paraphrase():
    """Angles in the plane: 10 degrees for the paraphrase, 20, 5 and 10 for negatives."""
    angles = {"y": 0, "y+": 10, "far": 20, "near": 5, "same": 10, "z": 90}
    pairs = [CaptionPair("y", name, "d", positive="y+") for name in ("far", "near", "same")]
    pairs.append(CaptionPair("z", "far", "d"))

    def encode(text):
        return [np.cos(np.radians(angles[text])), np.sin(np.radians(angles[text]))]

    rows, _ = probe_all(pairs, encode, ["OTHER"] * 4)
    assert rows_of(rows, probe.NEARER, "m:f", by=probe.ALL) == [pytest.approx(1.5 / 3)]
    (length,) = select(
        rows, metric=metrics.TEXT_DISPLACEMENT, encoder="m:f", of=probe.PARAPHRASE, by=probe.ALL
    )
    assert length.value == pytest.approx(2 * np.sin(np.radians(5)))
    chance = select(rows, metric=probe.NEARER, role=roles.CHANCE, by=probe.ALL)
    assert [row.value for row in chance] == [0.5]


def test_the_untrained_encoder_reads_order_and_is_the_same_again():
    texts = ["dog bites man", "man bites dog", "a bowl of soup"]
    found = untrained(texts, 16, 3)
    np.testing.assert_array_equal(found, untrained(texts[::-1], 16, 3)[::-1])
    assert np.abs(found - untrained(texts, 16, 4)).max() > 0.1
    directions = Directions.of(found)
    swapped, other = directions.distance(np.array([0, 0]), np.array([1, 2]))
    assert 1e-3 < swapped < other


def test_texts_of_any_kind_have_embeddings():
    hostile = ["🦄🦄", "שלום עולם", "\x00\x07\u202e", "word " * 10_000, "\ud800", "...", "é"]
    assert np.isfinite(untrained(hostile, 4, 0)).all()
    bag = bag_of_words(hostile).rows.toarray()
    np.testing.assert_allclose((bag**2).sum(axis=1), 1.0)
    assert len(np.unique(bag, axis=0)) == len(hostile)


def test_intervals_are_those_of_means_and_of_ratios():
    """Of means as `bootstrap_mean` has them; of ratios by the delta method."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(400), 2)
    below = 1.0 + rng.random(400)[group]
    above = below * (0.5 + 0.2 * rng.normal(size=400)[group])
    columns = [Column.mean("mean", above), Column("ratio", above, below)]
    mean, ratio = estimates(columns, np.arange(800), group, np.random.default_rng(1))
    value, interval = bootstrap_mean(above, np.random.default_rng(2), group)
    assert mean.value == pytest.approx(value)
    assert mean.interval is not None
    assert ratio.interval is not None
    assert interval is not None
    np.testing.assert_allclose(mean.interval, interval, atol=0.1 * (interval[1] - interval[0]))
    assert ratio.value == pytest.approx(above.sum() / below.sum())
    residual = np.bincount(group, above - ratio.value * below)
    half = 1.96 * residual.std() * np.sqrt(400) / below.sum()
    wanted = (ratio.value - half, ratio.value + half)
    np.testing.assert_allclose(ratio.interval, wanted, atol=0.2 * half)
    same = ratio.less(ratio)
    assert (same.value, same.interval) == (0.0, (0.0, 0.0))


def test_pairs_without_a_value_do_not_count():
    values = np.array([1.0, np.nan, 3.0])
    (found,) = estimates(
        [Column.mean("m", values)], np.arange(3), np.arange(3), np.random.default_rng(0)
    )
    assert found.value == 2.0
    (alone,) = estimates(
        [Column.mean("m", values)], np.array([0]), np.arange(3), np.random.default_rng(0)
    )
    assert (alone.value, alone.interval) == (1.0, None)


def test_every_row_and_finding_has_a_name_of_its_own():
    rows, verdicts = probe_all(PAIRS, lambda text: [len(text), text.count("e"), 1])
    told = [(row.setting, row.metric, *sorted(row.labels.items(), key=str)) for row in rows]
    assert len(set(told)) == len(told)
    assert len({verdict.id for verdict in verdicts}) == len(verdicts)
    assert {verdict.kind for verdict in verdicts} == {"finding"}
    for metric, role in itertools.product((metrics.DELTA, metrics.TIES), (roles.BASELINE,)):
        assert {row.labels["encoder"] for row in select(rows, metric=metric, role=role)} == {
            probe.BAG,
            probe.UNTRAINED,
        }
