"""How captions in free text are read, where the operator is known: captions of scene worlds.

Command: ``tokenscm check --only T12``. Expect every pair of a caption and what one operator makes
of it to be read as an operator that makes the one of the other, and every word of two as one of at
most two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Int

from experiments.captions.reading import read_pair
from experiments.captions.survey import KINDS, kind_of
from experiments.results.record import Measurement, Row, by_setting, select
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.scene_worlds import COLOURS, NOUNS
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import roles
from experiments.vocabulary.captions import AGREES, NO_DEEPER, SHARE
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from proofs_check import Comparison, Verdict
from scm import Add, Replace, SceneConfig, Swap
from scm.language.grammar import Grammar
from scm.operators.operator import Operator, apply_to_rows

Pair = tuple[str, str]
"""A caption and what is made of it, in words."""

OPERATORS: dict[str, Operator] = {SWAP: Swap(), REPLACE: Replace(), ADD: Add()}

WORLDS = {
    "objects in a row": SceneConfig(nouns=NOUNS, attributes=(COLOURS[:2],)),
    "two or three objects, colours or none": SceneConfig(
        nouns=NOUNS[:3], attributes=(COLOURS[:2],), optional_attributes=True, max_objects=3
    ),
    "two axes, coordinated and from either end": SceneConfig(
        nouns=NOUNS[:4], relations=("horizontal", "vertical"), paraphrase=0.5
    ),
}

WITHIN = 0.95
"""Words of two are looked for among alignments, not among all words, and where some words stay."""

MOST = 400
"""Captions of a world, drawn at random where there are more."""


class ReadingsStudy(Study):
    """See the module."""

    name = "readings"
    version = 1
    claims = ("T12",)
    title = "Are captions in free text read as the operator that made them?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """A world each."""
        del preset
        return [Setting(name) for name in WORLDS]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """What is read of what each operator makes, and of what two make."""
        del seeds
        grammar = WORLDS[setting.name].grammar
        rows = _captions(grammar)
        once = {name: _results(grammar, of, rows) for name, of in OPERATORS.items()}
        once = {name: (starts, made) for name, (starts, made) in once.items() if len(made)}
        pairs = {name: _pairs(grammar, rows[at], made) for name, (at, made) in once.items()}
        makers: dict[Pair, set[str]] = defaultdict(set)
        for name, of in pairs.items():
            for pair in of:
                makers[pair].add(name)
        for name, of in pairs.items():
            read = {pair: read_pair(*pair) for pair in of}
            counts = Counter(map(kind_of, read.values()))
            labels = {"operator": name}
            for kind in (kind for kind in KINDS if counts[kind]):
                share = counts[kind] / len(read)
                yield Measurement(SHARE, share, roles.EXACT, labels | {"kind": kind})
            agrees = [found.depth == 1 and found.kind in makers[of] for of, found in read.items()]
            yield Measurement(AGREES, float(np.mean(agrees)), roles.EXACT, labels)
        for name, (starts, made) in once.items():
            # What each operator makes of what this one has made.
            for operator in OPERATORS.values():
                at, twice = _results(grammar, operator, made[:MOST])
                words = _pairs(grammar, rows[starts[at]], twice)
                within = [read_pair(*pair).depth in (1, 2) for pair in words if pair[0] != pair[1]]
                labels = {"operator": f"{name}, {operator.name}"}
                if within:
                    yield Measurement(NO_DEEPER, float(np.mean(within)), roles.EXACT, labels)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """All agree: by construction of the captions, so that it tests how they are read."""
        found: list[Verdict] = []
        for name, here in by_setting(rows).items():
            compared = [
                Comparison(f"{AGREES}, {operator}", "~=", 1.0, value, identity=True)
                for operator, value in _by_operator(select(here, metric=AGREES))
            ] + [
                Comparison(
                    f"{NO_DEEPER}, {operator}", ">=", WITHIN, value, identity=True, chosen=True
                )
                for operator, value in _by_operator(select(here, metric=NO_DEEPER))
            ]
            found += exact_verdicts(self, name, compared, seconds=seconds)
        return found


def _by_operator(rows: Sequence[Row]) -> list[tuple[str, float]]:
    return [(row.labels["operator"], row.value) for row in rows]


def _captions(grammar: Grammar) -> Int[np.ndarray, "n d"]:
    """Rows of captions, all of them or `MOST`, in random order."""
    _, rows = grammar.enumerate(grammar.space.concepts)
    return rows[np.random.default_rng(0).permutation(len(rows))[:MOST]]


def _results(
    grammar: Grammar, operator: Operator, rows: Int[np.ndarray, "n d"]
) -> tuple[Int[np.ndarray, " results"], Int[np.ndarray, "results d"]]:
    """What an operator makes of captions: the place of each y, and y'."""
    results, valid = apply_to_rows(operator, grammar, rows)
    place, variant = np.nonzero(valid)
    return place, results[place, variant]


def _pairs(
    grammar: Grammar, rows: Int[np.ndarray, "n d"], others: Int[np.ndarray, "n d"]
) -> list[Pair]:
    """Captions beside others, in words, each pair once."""
    words = ([grammar.lexicon.decode(one) for one in grammar.write(of)] for of in (rows, others))
    return list(dict.fromkeys(zip(*words, strict=True)))


STUDIES.register(ReadingsStudy.name, ReadingsStudy())
