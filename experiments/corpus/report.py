"""What theory asks of a corpus, estimated from its captions and from files of pairs."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Int

from experiments.captions.pairs import CaptionPair
from experiments.corpus import estimates
from experiments.corpus.file_negatives import FileNegatives
from experiments.corpus.found import Report
from experiments.corpus.neighbours import Iterate, neighbours, orders, slots
from experiments.corpus.resampling import Interval, estimates_with_intervals, parts
from experiments.corpus.sentences import said_of_corpus, said_of_negatives
from experiments.corpus.sequences import Corpus
from experiments.results.statistics import bootstrap_mean, interval_of_share, wilson
from experiments.vocabulary import corpora, metrics
from experiments.vocabulary.negatives import ALL
from experiments.vocabulary.operators import REPLACE, SWAP
from scm.arguments import require

SHARES = (8, 4, 2)
"""Parts of the corpus by which its growth is told: an eighth, a quarter, a half."""

PARTS = 20
"""Parts of each size."""

FEWEST = 30
"""Negatives of a kind of which a share is told."""


def report(
    captions: Sequence[str], files: Mapping[str, Sequence[CaptionPair]], seed: int
) -> Report:
    """What theory asks of a corpus, estimated.

    Args:
        captions: of the corpus, each as often as it is drawn.
        files: pairs of captions and hard negatives, by the name of their file.
        seed: of the parts of the corpus that are drawn.

    Raises:
        ArgumentError: if fewer than 16 captions say something.
    """
    corpus = Corpus.of_captions(captions)
    count = len(corpus.of)
    require(count >= 16, "captions", "at least 16 that say something", count)
    found = Report()
    _of_corpus(found, corpus, np.random.default_rng([seed, 0]))
    for n, (name, pairs) in enumerate(files.items(), 1):
        negatives = FileNegatives.of(pairs, corpus)
        _of_pairs(found, name, negatives, np.random.default_rng([seed, n]))
    return found


def _of_corpus(found: Report, corpus: Corpus, rng: np.random.Generator) -> None:
    begun = time.perf_counter()
    setting, count = corpora.CORPUS, len(corpus.of)
    near = neighbours(corpus)
    order, slot = Iterate(SWAP, corpora.ANY_DEPTH), Iterate(REPLACE, 1)
    in_order, in_slot = orders(corpus), slots(corpus)

    def statistics(counts: Int[np.ndarray, " n"]) -> dict[tuple[Iterate, str], float]:
        values: dict[tuple[Iterate, str], float] = {}
        for kind, who in near.items():
            covered = estimates.coverage(counts, who)
            values[kind, corpora.COVERAGE_SEEN] = covered.seen
            values[kind, corpora.COVERAGE_TRUE] = covered.true
        values[order, metrics.PRICE] = estimates.price(counts, in_order)
        values[slot, metrics.PRICE] = estimates.price(counts, in_slot)
        values[order, corpora.SEEN_AGAIN] = estimates.seen_again(counts, corpus.bags)
        values[order, corpora.DISAGREEMENT] = estimates.disagreement(counts, corpus.bags)
        return values

    whole = estimates_with_intervals(corpus, statistics, rng)
    for share in SHARES:
        drawn = [statistics(counts) for counts in parts(corpus, count // share, PARTS, rng)]
        for kind, metric in whole:
            if metric in (corpora.COVERAGE_SEEN, metrics.PRICE):
                of_parts = np.array([values[kind, metric] for values in drawn])
                ends = np.quantile(of_parts, (0.025, 0.975))
                interval = float(ends[0]), float(ends[1])
                mean = float(of_parts.mean())
                found.add(setting, kind, metric, mean, interval, captions=count // share)
    for (kind, metric), (value, interval) in list(whole.items()):
        told = _paid if metric == metrics.PRICE else interval_of_share
        whole[kind, metric] = value, told(value, interval, len(corpus.sequences))
        found.add(setting, kind, metric, *whole[kind, metric], captions=count)
    seconds = time.perf_counter() - begun
    paid, interval = whole[order, metrics.PRICE]
    found.find(setting, order, metrics.PRICE, paid, interval, claim="T10", seconds=seconds)
    _odds(found, setting, order, corpus.counts, corpus.bags, count, seconds)
    seen, _ = whole[order, corpora.COVERAGE_SEEN]
    again, _ = whole[order, corpora.SEEN_AGAIN]
    found.sentences.append(said_of_corpus(count, seen, again, paid, interval))


def _of_pairs(found: Report, name: str, negatives: FileNegatives, rng: np.random.Generator) -> None:
    begun = time.perf_counter()
    corpus, reach = negatives.corpus, negatives.reach
    count = len(corpus.of)
    every = Iterate(ALL, corpora.ANY_DEPTH)
    kinds: dict[Iterate, Bool[np.ndarray, " pairs"]] = {every: np.ones(len(reach), bool)}
    for kind in sorted(set(negatives.kinds), key=str):
        kinds[kind] = np.array([one == kind for one in negatives.kinds], bool)
    seen: dict[Iterate, tuple[float, Interval | None]] = {}
    for kind, chosen in kinds.items():
        if not chosen.any():
            continue
        found.add(name, kind, corpora.NEGATIVES, float(chosen.sum()), captions=count)
        if kind != every and chosen.sum() < FEWEST:
            chosen[:] = False
            continue
        seen[kind] = _of_negatives(negatives, chosen, rng)
        found.add(name, kind, corpora.COVERAGE_SEEN, *seen[kind], captions=count)
        weight = np.ones(int(chosen.sum()))
        true = estimates.coverage_of(reach[chosen].astype(float), weight).true
        found.add(name, kind, corpora.COVERAGE_TRUE, true, captions=count)
    label, paired = negatives.orbits
    groups = negatives.groups
    kept = Corpus(corpus.sequences, corpus.of[paired[corpus.of]])

    def statistics(counts: Int[np.ndarray, " n"]) -> dict[str, float]:
        return {
            metrics.PRICE: estimates.price(counts, groups),
            corpora.ORBIT_COVERED: estimates.coverage(counts, groups).seen,
        }

    told = estimates_with_intervals(kept, statistics, rng)
    paid, interval = told[metrics.PRICE]
    covered, ends = told[corpora.ORBIT_COVERED]
    ends = interval_of_share(covered, ends, len(np.unique(kept.of)))
    found.add(name, every, corpora.ORBIT_COVERED, covered, ends, captions=len(kept.of))
    interval = _paid(paid, interval, len(np.unique(kept.of)))
    found.add(name, every, metrics.PRICE, paid, interval, captions=len(kept.of))
    for kind, hits, size in _growth(negatives, kinds, rng):
        found.add(name, kind, corpora.COVERAGE_SEEN, *hits, captions=size)
    seconds = time.perf_counter() - begun
    if len(kept.of):
        found.find(name, every, metrics.PRICE, paid, interval, claim="T10", seconds=seconds)
        _odds(found, name, every, kept.counts, label, len(kept.of), seconds)
    found.sentences.append(said_of_negatives(name, negatives, seen.get(every), paid, interval))


def _growth(
    negatives: FileNegatives,
    kinds: Mapping[Iterate, Bool[np.ndarray, " pairs"]],
    rng: np.random.Generator,
) -> Iterator[tuple[Iterate, tuple[float, Interval], int]]:
    """How many negatives are seen in parts of the corpus: kind, mean and range, captions."""
    corpus = negatives.corpus
    for share in SHARES:
        size = len(corpus.of) // share
        hits = np.stack([negatives.among(counts) > 0 for counts in parts(corpus, size, PARTS, rng)])
        for kind, chosen in kinds.items():
            if chosen.any():
                means = hits[:, chosen].mean(axis=1)
                low, high = np.quantile(means, (0.025, 0.975))
                yield kind, (float(means.mean()), (float(low), float(high))), size


def _of_negatives(
    negatives: FileNegatives, chosen: Bool[np.ndarray, " pairs"], rng: np.random.Generator
) -> tuple[float, Interval | None]:
    """The share of negatives that are captions; those of one caption are resampled as one."""
    groups = negatives.captions[chosen]
    hits = (negatives.reach[chosen] > 0).astype(float)
    value, interval = bootstrap_mean(hits, rng, groups)
    return value, interval_of_share(value, interval, len(np.unique(groups)))


def _odds(
    found: Report,
    setting: str,
    kind: Iterate,
    counts: Int[np.ndarray, " n"],
    orbits: Int[np.ndarray, " n"],
    captions: int,
    seconds: float,
) -> None:
    theta, ends = estimates.odds(counts, orbits)
    if ends is None:
        return
    found.add(setting, kind, corpora.ODDS_OF_ORBIT, theta, ends, claim="T16", captions=captions)
    tilted = estimates.tilt(theta)
    tilts = estimates.tilt(ends[0]), estimates.tilt(ends[1])
    found.add(setting, kind, metrics.TILT, tilted, tilts, claim="T16", captions=captions)
    found.find(setting, kind, metrics.TILT, tilted, tilts, claim="T16", seconds=seconds)


def _paid(value: float, interval: Interval | None, units: int) -> Interval | None:
    """The interval of a price, at least 0.

    Where nothing is paid it ends at log 2, which an orbit of two costs at most, of as many captions
    as may be in such an orbit and were not seen to be.
    """
    if not math.isfinite(value):
        return None
    if value == 0.0:
        return 0.0, wilson(0.0, float(units))[1] * math.log(2)
    return None if interval is None else (max(0.0, interval[0]), interval[1])
