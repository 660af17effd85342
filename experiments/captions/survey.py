"""What joins captions to their hard negatives in files that a user gave: shares and agreement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from experiments.captions.controls import control_pairs
from experiments.captions.definition import USUAL, Counted, Definition
from experiments.captions.pairs import CaptionPair
from experiments.captions.reading import Aligned, Reading, aligned
from experiments.results.record import Row
from experiments.results.statistics import bootstrap_mean, bootstrap_means, interval_of_share
from experiments.vocabulary import captions as words
from experiments.vocabulary import readings, roles
from experiments.vocabulary.operators import ADD, ATOMIC, REPLACE, SWAP
from scm.arguments import require, require_seed

STUDY = "captions"

CLAIM = "T6"
"""What operators are for: orbits, on which an encoder is blind or not."""

ATOM_WORDS = (1, 2, 3, 4, 6)
"""Words that an atom may have, along the curve over definitions."""

KINDS = (
    *ATOMIC,
    words.ITERATED,
    readings.REMOVE,
    words.WITH_REMOVAL,
    readings.FUNCTION,
    readings.REORDER,
    readings.OTHER,
    readings.SAME,
)
"""What a pair is counted as."""

_NAMED = {SWAP: "swap", REPLACE: "repl", ADD: "add"}
"""How categories of data sets name operators."""


def kind_of(reading: Reading) -> str:
    """What a pair is counted as, one of `KINDS`.

    Args:
        reading: of the pair.
    """
    if reading.depth < 2:
        return reading.kind
    removal = readings.REMOVE in reading.kind.split(readings.JOINT)
    return words.WITH_REMOVAL if removal else words.ITERATED


def operator_named(category: str) -> str | None:
    """The operator that a category of a data set names, as "swap_obj" does; None if it names none.

    Args:
        category: the data set's own label.
    """
    found = [
        operator
        for operator, name in _NAMED.items()
        if re.search(rf"(?<![a-z]){name}", category.lower())
    ]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Surveyed:
    """Pairs of some files, read.

    Attributes:
        pairs: of all files.
        read: how each is read by the definition asked for.
        controls: pairs that no operator made, by data set and by control.
        aligned: the same as ``pairs``, to be read by other definitions.
        definition: the one asked for.
        seed: what resamples.
    """

    pairs: Sequence[CaptionPair]
    read: Sequence[Reading]
    aligned: Sequence[Aligned]
    controls: dict[tuple[str, str], list[Aligned]]
    definition: Definition = USUAL
    seed: int = 0

    def rows(self) -> list[Row]:
        """Shares of kinds by data set and category, agreement, controls, and the curve."""
        return [*self._shares(), *self._agreement(), *self._controls(), *self._curve()]

    def _groups(self) -> Iterator[tuple[str, str, list[int]]]:
        """Data sets and categories, and the places of their pairs; a data set as a whole first."""
        found: dict[tuple[str, str], list[int]] = {}
        for place, pair in enumerate(self.pairs):
            found.setdefault((pair.dataset, words.ALL), []).append(place)
            if pair.category:
                found.setdefault((pair.dataset, pair.category), []).append(place)
        for (dataset, category), places in sorted(found.items(), key=lambda item: item[0][0]):
            # A data set of one category is told once.
            if category == words.ALL or len(places) < len(found[dataset, words.ALL]):
                yield dataset, category, places
        if len({pair.dataset for pair in self.pairs}) > 1:
            yield words.ALL, words.ALL, list(range(len(self.pairs)))

    def _measured(
        self,
        dataset: str,
        category: str,
        places: Sequence[int],
        columns: Mapping[tuple[str, str | None], Sequence[bool]],
    ) -> Iterator[Row]:
        """Shares of some pairs, by metric and kind, with intervals; pairs of a caption go together.

        Args:
            dataset: whose pairs they are.
            category: of them.
            places: of the pairs.
            columns: of which of the pairs it holds.
        """
        number = {caption: n for n, caption in enumerate(dict.fromkeys(self._captions(places)))}
        groups = np.array([number[caption] for caption in self._captions(places)], int)
        values = np.array(list(columns.values()), float).T
        means, intervals = bootstrap_means(values, np.random.default_rng(self.seed), groups)
        drawn = (
            [None] * len(means)
            if intervals is None
            else [(low, high) for low, high in intervals.tolist()]
        )
        setting = dataset if category == words.ALL else f"{dataset}: {category}"
        where = {"dataset": dataset, "category": category, "role": roles.MEASURED}
        for (metric, kind), value, ends in zip(columns, means.tolist(), drawn, strict=True):
            labels = where | ({} if kind is None else {"kind": kind})
            labels |= _ends(value, ends, len(number)) | {"of": len(places)}
            yield Row(STUDY, CLAIM, setting, self.seed, metric, value, labels)

    def _captions(self, places: Sequence[int]) -> list[str]:
        return [self.pairs[place].caption for place in places]

    def _shares(self) -> Iterator[Row]:
        kinds = [kind_of(reading) for reading in self.read]
        for dataset, category, places in self._groups():
            here = [kinds[place] for place in places]
            columns: dict[tuple[str, str | None], list[bool]] = {
                (words.ONE_OPERATION, None): [kind in ATOMIC for kind in here]
            }
            for kind in KINDS:
                if kind in here:
                    columns[words.SHARE, kind] = [one == kind for one in here]
            yield from self._measured(dataset, category, places, columns)

    def _agreement(self) -> Iterator[Row]:
        named = [operator_named(pair.category) for pair in self.pairs]
        for dataset, category, places in self._groups():
            labelled = [place for place in places if named[place]]
            single = [place for place in labelled if kind_of(self.read[place]) in ATOMIC]
            for metric, of in ((words.AGREEMENT, single), (words.AGREEMENT_OF_ALL, labelled)):
                agrees = [self.read[place].kind == named[place] for place in of]
                if of:
                    yield from self._measured(dataset, category, of, {(metric, None): agrees})

    def _controls(self) -> Iterator[Row]:
        for (dataset, control), pairs in self.controls.items():
            share, interval = bootstrap_mean(
                np.array([is_operation(one, self.definition) for one in pairs], float),
                np.random.default_rng(self.seed),
            )
            labels = _ends(share, interval, len(pairs)) | {"of": len(pairs)}
            yield self._control(dataset, control, words.ONE_OPERATION, share, labels)

    def _control(self, dataset: str, control: str, metric: str, value: float, labels: dict) -> Row:
        where = {"dataset": dataset, "category": words.ALL, "role": roles.CHANCE, "pairs": control}
        return Row(STUDY, CLAIM, f"{dataset}: {control}", self.seed, metric, value, where | labels)

    def _curve(self) -> Iterator[Row]:
        """The share of one operation by each definition, of pairs and of controls."""
        of = {}
        for dataset, category, places in self._groups():
            if category == words.ALL != dataset:
                of[dataset, words.PAIRS] = [self.aligned[place] for place in places]
        for counted in get_args(Counted):
            for atom_words in ATOM_WORDS:
                definition = Definition(atom_words, 1, self.definition.kept, counted)
                labels = {"counted": counted, "atom_words": atom_words}
                for (dataset, name), pairs in (of | self.controls).items():
                    share = float(np.mean([is_operation(one, definition) for one in pairs]))
                    yield self._control(dataset, name, words.BY_DEFINITION, share, labels)


def _ends(share: float, interval: tuple[float, float] | None, units: int) -> dict[str, float | int]:
    """The ends of a share's interval, as labels of its row."""
    low, high = interval_of_share(share, interval, units) or (share, share)
    return {"low": low, "high": high}


def is_operation(pair: Aligned, definition: Definition) -> bool:
    """Whether a pair is one SWAP, REPLACE or ADD.

    Args:
        pair: aligned.
        definition: what counts as an operator.
    """
    return [edit.operator in ATOMIC for edit in pair.word(definition)] == [True]


def survey(pairs: Sequence[CaptionPair], definition: Definition = USUAL, seed: int = 0) -> Surveyed:
    """Read pairs, and beside them pairs that no operator made.

    Args:
        pairs: of one data set or more.
        definition: what counts as an operator.
        seed: what draws controls and resamples.

    Raises:
        ArgumentError: if there is no pair, or the seed is none.
    """
    require(len(pairs) > 0, "pairs", "at least one pair of captions", 0)
    rng = np.random.default_rng(require_seed("seed", seed))
    found = [aligned(pair.caption, pair.negative) for pair in pairs]
    controls = {}
    for dataset in sorted({pair.dataset for pair in pairs}):
        here = [pair for pair in pairs if pair.dataset == dataset]
        for name, made in control_pairs(here, rng).items():
            controls[dataset, name] = [aligned(*pair) for pair in made]
    read = [one.read(definition) for one in found]
    return Surveyed(pairs, read, found, controls, definition, seed)
