"""What is estimated from draws of scene worlds, whose coverage and odds are known."""

from __future__ import annotations

import math

import jax
import numpy as np
import pytest

from experiments.captions.pairs import CaptionPair
from experiments.corpus import estimates
from experiments.corpus.neighbours import orders
from experiments.corpus.report import report
from experiments.corpus.resampling import estimates_with_intervals
from experiments.corpus.sequences import Corpus
from experiments.results.record import select
from experiments.results.statistics import wilson
from experiments.studies.shared.scene_worlds import COLOURED, PAIRS
from experiments.vocabulary import corpora, metrics
from experiments.vocabulary.negatives import ALL
from experiments.vocabulary.operators import SWAP
from scm import Coverage, Replace, Swap
from scm.arguments import ArgumentError
from scm.operators.operator import apply_to_caption


def world_of(config, coverage):
    """Captions of a world as text, and their law."""
    grammar = config.grammar
    law = coverage.probability(grammar, jax.random.key(0))
    rows = grammar.plain(np.asarray(grammar.space.concepts))
    return [grammar.lexicon.decode(tokens) for tokens in grammar.write(rows)], law


def drawn(captions, law, count, seed):
    rng = np.random.default_rng(seed)
    return [captions[i] for i in rng.choice(len(captions), count, p=law)]


def entropy(theta):
    return -theta * math.log(theta) - (1 - theta) * math.log(1 - theta)


WORLDS = {
    "SWAP, half covered": (PAIRS, Coverage(Swap(), rho=0.5), 0.5, 0.5, 0.5 * math.log(2)),
    "SWAP at odds": (PAIRS, Coverage(Swap(), theta=0.8), 1.0, 0.8, entropy(0.8)),
    "REPLACE, half covered": (
        COLOURED,
        Coverage(Replace("object 0 attribute 0"), rho=0.5),
        0.5,
        None,
        0.5 * math.log(3),
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_coverage_odds_and_price_of_scene_worlds_are_recovered(name):
    """By the world's own negatives as the pairs of a file; of SWAP also by the corpus alone."""
    config, coverage, rho, theta, price = WORLDS[name]
    captions, law = world_of(config, coverage)
    said = [captions[i] for i in np.flatnonzero(law)]
    pairs = [
        CaptionPair(y, negative)
        for y in said
        for negative in apply_to_caption(coverage.operator, config.grammar, y)
    ]
    found = report(drawn(captions, law, 4000, 1), {"own": pairs}, 0)
    settings = ["own", corpora.CORPUS] if theta else ["own"]
    for setting in settings:
        rows = select(found.rows, setting=setting, depth=corpora.ANY_DEPTH)
        largest = max(row.labels["captions"] for row in rows)
        rows = select(rows, captions=largest)
        (paid,) = select(rows, metric=metrics.PRICE)
        assert paid.labels["low"] <= price <= paid.labels["high"]
        assert paid.value == pytest.approx(price, abs=0.03)
        if theta:
            (odds,) = select(rows, metric=corpora.ODDS_OF_ORBIT)
            assert odds.labels["low"] - 1e-4 <= theta <= odds.labels["high"]
            (tilt,) = select(rows, metric=metrics.TILT)
            assert tilt.value == pytest.approx(math.log(odds.value / (1 - odds.value)))
        if setting != corpora.CORPUS:
            (covered,) = select(rows, metric=corpora.ORBIT_COVERED)
            assert covered.labels["low"] <= rho <= covered.labels["high"]
        if setting == corpora.CORPUS:
            (seen,) = select(rows, metric=corpora.COVERAGE_SEEN)
            assert seen.labels["low"] <= rho <= seen.labels["high"]
            (differ,) = select(rows, metric=corpora.DISAGREEMENT)
            assert differ.value == pytest.approx(2 * theta * (1 - theta) * rho, abs=0.03)
    # Of the negatives of what is drawn, as many are captions as pairs of a caption and another
    # member of its orbit that is drawn, of all pairs: counted scene by scene.
    (seen,) = select(
        found.rows,
        setting="own",
        metric=corpora.COVERAGE_SEEN,
        operator=ALL,
        captions=4000,
    )
    expected = np.mean([pair.negative in said for pair in pairs])
    assert seen.value == pytest.approx(expected)


@pytest.mark.parametrize("name", ["SWAP, half covered", "SWAP at odds"])
def test_intervals_hold_the_truth_as_often_as_they_say(name):
    config, coverage, rho, theta, price = WORLDS[name]
    captions, law = world_of(config, coverage)
    held = {"seen": 0, "price": 0, "differ": 0, "theta": 0}
    trials, truth = 60, {"seen": rho, "price": price, "differ": 2 * theta * (1 - theta) * rho}
    for seed in range(trials):
        corpus = Corpus.of_captions(drawn(captions, law, 400, seed))
        near = orders(corpus)

        def statistics(counts, near=near, corpus=corpus):
            return {
                "seen": estimates.coverage(counts, near).seen,
                "price": estimates.price(counts, near),
                "differ": estimates.disagreement(counts, corpus.bags),
            }

        rng = np.random.default_rng(seed)
        for metric, (_, ends) in estimates_with_intervals(corpus, statistics, rng).items():
            assert ends is not None
            held[metric] += ends[0] - 1e-12 <= truth[metric] <= ends[1] + 1e-12
        _, ends = estimates.odds(corpus.counts, corpus.bags)
        assert ends is not None
        held["theta"] += ends[0] - 1e-4 <= theta <= ends[1]
    # 95 % of 60 less three standard deviations of a binomial.
    assert min(held.values()) >= 52, held


def test_price_is_never_too_large_in_expectation_and_less_short_than_the_plug_in():
    """Few draws of one orbit of four: the exact expectation, by all outcomes."""
    law = np.array([0.4, 0.3, 0.2, 0.1])
    exact = -float((law * np.log(law)).sum())
    corpus = Corpus(
        tuple((*"abc"[:0], *one) for one in ("abcd", "bacd", "cabd", "dabc")), np.zeros(0, int)
    )
    near = orders(corpus)
    last = 0.0
    for n in (1, 2, 3, 5):
        mean = plug_in = 0.0
        for outcome in np.ndindex(*(4,) * n):
            counts = np.bincount(outcome, minlength=4)
            p = float(np.prod(law[list(outcome)]))
            share = counts[counts > 0] / n
            mean += p * estimates.price(counts, near)
            plug_in -= p * float((share * np.log(share)).sum())
        short = sum(float((law * (1 - law) ** k).sum()) / k for k in range(n, 2000))
        assert mean == pytest.approx(exact - short, abs=1e-9)
        assert last <= mean < exact
        assert mean >= plug_in
        last = mean


def test_the_unseen_are_added():
    """Queries whose neighbours all come at one rate λ: exact in expectation (Chao 1984)."""
    rng = np.random.default_rng(0)
    reach = np.concatenate([rng.poisson(1.0, 20_000), np.zeros(20_000)]).astype(float)
    found = estimates.coverage_of(reach, np.ones(40_000))
    assert found.seen == pytest.approx(0.5 * (1 - math.exp(-1)), abs=0.01)
    assert found.true == pytest.approx(0.5, abs=0.02)
    # Of unequal rates it is a lower bound.
    rates = rng.gamma(0.3, 1 / 0.3, 40_000)
    found = estimates.coverage_of(rng.poisson(rates).astype(float), np.ones(40_000))
    assert found.seen < found.true < 1.0
    nothing = estimates.coverage_of(np.zeros(0), np.zeros(0))
    assert math.isnan(nothing.seen)


def test_no_orbit_and_no_odds():
    corpus = Corpus.of_captions([f"dog number{n}" for n in range(20)])
    assert estimates.price(corpus.counts, orders(corpus)) == 0.0
    assert math.isnan(estimates.disagreement(corpus.counts, corpus.bags))
    assert estimates.seen_again(corpus.counts, corpus.bags) == 0.0
    assert math.isnan(estimates.odds(corpus.counts, corpus.bags)[0])
    found = report([f"dog number{n}" for n in range(20)], {}, 0)
    (verdict,) = found.verdicts
    assert (verdict.method, verdict.claim, verdict.measured, verdict.holds) == (
        "data",
        "T10",
        0,
        False,
    )
    assert verdict.interval == (0.0, pytest.approx(wilson(0.0, 20.0)[1] * math.log(2)))
    with pytest.raises(ArgumentError, match="captions: expected at least 16 that say something"):
        report(["a dog"] * 9 + ["👩", "the a"] * 9, {}, 0)


def test_wilson():
    from scipy.stats import binomtest

    for hits, of in ((0, 10), (3, 10), (10, 10), (7, 3000)):
        ends = binomtest(hits, of).proportion_ci(method="wilson")
        assert wilson(float(hits), float(of)) == pytest.approx((ends.low, ends.high), abs=1e-9)


def test_the_same_seed_gives_the_same_bits():
    captions = drawn(*world_of(*WORLDS["SWAP, half covered"][:2]), 200, 0)
    pairs = [CaptionPair(captions[0], captions[1]), CaptionPair(captions[0], captions[2])]
    one, other = (report(captions, {"a": pairs}, 3) for _ in range(2))
    assert one.rows == other.rows
    assert one.sentences == other.sentences
    assert select(report(captions, {"a": pairs}, 4).rows, operator=SWAP) != select(
        one.rows, operator=SWAP
    )
