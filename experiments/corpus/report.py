"""The report on a corpus: rows, findings, and what they come to in a sentence."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Int

from experiments.captions.pairs import CaptionPair
from experiments.corpus import estimates
from experiments.corpus.file_negatives import FileNegatives
from experiments.corpus.neighbours import Kind, neighbours, orders, slots
from experiments.corpus.resampling import Interval, estimates_with_intervals, parts, wilson
from experiments.corpus.sequences import Corpus
from experiments.results.record import Row
from experiments.results.statistics import bootstrap_mean
from experiments.vocabulary import corpora, metrics, roles
from experiments.vocabulary.negatives import ALL
from experiments.vocabulary.operators import REPLACE, SWAP
from proofs_check import Verdict
from scm.arguments import require

SHARES = (8, 4, 2)
"""Parts of the corpus by which its growth is told: an eighth, a quarter, a half."""

PARTS = 20
"""Parts of each size."""

FEWEST = 30
"""Negatives of a kind of which a share is told."""


@dataclass
class Report:
    """What is found of a corpus.

    Attributes:
        rows: all that is estimated.
        verdicts: findings.
        sentences: what a person reads.
    """

    rows: list[Row] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def add(
        self,
        setting: str,
        kind: Kind,
        metric: str,
        value: float,
        interval: Interval | None = None,
        *,
        claim: str = "T10",
        captions: int,
    ) -> None:
        """Add a number, unless there is none.

        Args:
            setting: the corpus itself, or the name of a file of pairs.
            kind: the operator and the depth.
            metric: what it is.
            value: the number.
            interval: of 95 %.
            claim: what it speaks to.
            captions: of the corpus, or the part of it, that it is of.
        """
        if not math.isfinite(value):
            return
        labels = {"operator": kind.operator, "depth": kind.depth, "captions": captions}
        if interval is not None:
            labels |= {"low": interval[0], "high": interval[1]}
        labels["role"] = roles.MEASURED
        self.rows.append(Row(corpora.CORPUS, claim, setting, 0, metric, value, labels))

    def find(
        self,
        setting: str,
        kind: Kind,
        metric: str,
        value: float,
        interval: Interval | None,
        *,
        claim: str,
        seconds: float,
    ) -> None:
        """Add a finding: that a number is above 0.

        Args:
            setting: see `add`.
            kind: see there.
            metric: see there.
            value: see there.
            interval: see there.
            claim: see there.
            seconds: that it took.
        """
        if not math.isfinite(value):
            return
        where = f"{setting}, {kind.operator}, {kind.depth}"
        self.verdicts.append(
            Verdict(
                id=f"{claim}/{where}/{metric}",
                claim=claim,
                kind="finding",
                method="data",
                study=corpora.CORPUS,
                setting=where,
                metric=metric,
                relation=">",
                predicted=0.0,
                measured=value,
                interval=interval,
                tolerance=0.0,
                seconds=seconds,
            )
        )


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
    order, slot = Kind(SWAP, corpora.ANY_DEPTH), Kind(REPLACE, 1)
    in_order, in_slot = orders(corpus), slots(corpus)

    def statistics(counts: Int[np.ndarray, " n"]) -> dict[tuple[Kind, str], float]:
        values: dict[tuple[Kind, str], float] = {}
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
        told = _paid if metric == metrics.PRICE else _share
        whole[kind, metric] = value, told(value, interval, len(corpus.sequences))
        found.add(setting, kind, metric, *whole[kind, metric], captions=count)
    seconds = time.perf_counter() - begun
    paid, interval = whole[order, metrics.PRICE]
    found.find(setting, order, metrics.PRICE, paid, interval, claim="T10", seconds=seconds)
    _odds(found, setting, order, corpus.counts, corpus.bags, count, seconds)
    seen, _ = whole[order, corpora.COVERAGE_SEEN]
    again, _ = whole[order, corpora.SEEN_AGAIN]
    found.sentences.append(
        f"Of {count:,} captions {_percent(seen)} are in the corpus in another order too, and "
        f"{_percent(again)} in some order again: an objective on such data pays at least "
        f"{_nats(paid, interval)} for order."
    )


def _of_pairs(found: Report, name: str, negatives: FileNegatives, rng: np.random.Generator) -> None:
    begun = time.perf_counter()
    corpus, reach = negatives.corpus, negatives.reach
    count = len(corpus.of)
    every = Kind(ALL, corpora.ANY_DEPTH)
    kinds: dict[Kind, Bool[np.ndarray, " pairs"]] = {every: np.ones(len(reach), bool)}
    for kind in sorted(set(negatives.kinds), key=str):
        kinds[kind] = np.array([one == kind for one in negatives.kinds], bool)
    seen: dict[Kind, tuple[float, Interval | None]] = {}
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
    ends = _share(covered, ends, len(np.unique(kept.of)))
    found.add(name, every, corpora.ORBIT_COVERED, covered, ends, captions=len(kept.of))
    interval = _paid(paid, interval, len(np.unique(kept.of)))
    found.add(name, every, metrics.PRICE, paid, interval, captions=len(kept.of))
    for kind, hits, size in _growth(negatives, kinds, rng):
        found.add(name, kind, corpora.COVERAGE_SEEN, *hits, captions=size)
    seconds = time.perf_counter() - begun
    if len(kept.of):
        found.find(name, every, metrics.PRICE, paid, interval, claim="T10", seconds=seconds)
        _odds(found, name, every, kept.counts, label, len(kept.of), seconds)
    found.sentences.append(_said(name, negatives, seen.get(every), paid, interval))


def _growth(
    negatives: FileNegatives,
    kinds: Mapping[Kind, Bool[np.ndarray, " pairs"]],
    rng: np.random.Generator,
) -> Iterator[tuple[Kind, tuple[float, Interval], int]]:
    """How many negatives are seen in parts of the corpus: kind, mean and range, captions."""
    corpus = negatives.corpus
    at = np.array([corpus.index.get(negative, -1) for _, negative in negatives.pairs], np.int64)
    for share in SHARES:
        size = len(corpus.of) // share
        hits = np.stack(
            [(counts[at] > 0) & (at >= 0) for counts in parts(corpus, size, PARTS, rng)]
        )
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
    return value, _share(value, interval, len(np.unique(groups)))


def _odds(
    found: Report,
    setting: str,
    kind: Kind,
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


def _share(value: float, interval: Interval | None, units: int) -> Interval | None:
    """The interval of a share, within 0 and 1, with a width also where all are alike."""
    if not math.isfinite(value):
        return None
    if value in (0.0, 1.0) or interval is None:
        return wilson(value * units, float(units))
    return max(0.0, interval[0]), min(1.0, interval[1])


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


def _said(
    name: str,
    negatives: FileNegatives,
    seen: tuple[float, Interval | None] | None,
    paid: float,
    interval: Interval | None,
) -> str:
    """The sentence on a file of pairs."""
    count = len(negatives.pairs)
    if seen is None:
        return f"{name}: no negative says other atoms than its caption, or in another order."
    share, ends = seen
    between = f" ({_percent(ends[0])} to {_percent(ends[1])})" if ends else ""
    hits = int((negatives.reach > 0).sum())
    start = (
        f"{name}: of {count:,} negatives {hits:,}, {_percent(share)}{between}, are themselves "
        f"among {len(negatives.corpus.of):,} captions"
    )
    if not math.isfinite(paid):
        return f"{start}; no caption of the corpus is in a pair, so nothing is said of its price."
    return (
        f"{start}: an objective on such data pays at least {_nats(paid, interval)} for telling "
        "captions from such negatives."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.1f} %"


def _nats(value: float, interval: Interval | None) -> str:
    ends = f" ({max(interval[0], 0):.2g} to {interval[1]:.2g})" if interval else ""
    return f"{value:.2g} nats{ends}"
