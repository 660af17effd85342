"""Hard negatives of a file against a corpus: which of them are captions of it themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from experiments.captions.pairs import CaptionPair
from experiments.corpus.neighbours import Groups, Iterate
from experiments.corpus.sequences import Atoms, Corpus, atoms_of
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.readings import OTHER


@dataclass(frozen=True, eq=False)
class FileNegatives:
    """The negatives of a file, as sequences of atoms; pairs of one sequence are left out.

    Attributes:
        pairs: sequences of y and y', in the order of the file.
        same: how many pairs say the same atoms in the same order, and are no hard negatives here.
        corpus: what they are looked up in.
    """

    pairs: tuple[tuple[Atoms, Atoms], ...]
    same: int
    corpus: Corpus

    @classmethod
    def of(cls, pairs: Sequence[CaptionPair], corpus: Corpus) -> FileNegatives:
        """The negatives of pairs.

        Args:
            pairs: of a file.
            corpus: of captions.
        """
        every = [(atoms_of(pair.caption), atoms_of(pair.negative)) for pair in pairs]
        apart = tuple((y, negative) for y, negative in every if y != negative)
        return cls(apart, len(every) - len(apart), corpus)

    @cached_property
    def place(self) -> Int[np.ndarray, " pairs"]:
        """The sequence of the corpus that each negative is; -1 of none."""
        return np.array([self.corpus.index.get(one, -1) for _, one in self.pairs], np.int64)

    @cached_property
    def reach(self) -> Int[np.ndarray, " pairs"]:
        """How many captions of the corpus each negative is."""
        return self.among(self.corpus.counts)

    def among(self, counts: Int[np.ndarray, " n"]) -> Int[np.ndarray, " pairs"]:
        """How many captions of a part of the corpus each negative is.

        Args:
            counts: how often each sequence is drawn there.
        """
        return np.where(self.place >= 0, counts[self.place], 0)

    @cached_property
    def captions(self) -> Int[np.ndarray, " pairs"]:
        """Which pairs share their caption: its number, from 0."""
        index: dict[Atoms, int] = {}
        return np.array([index.setdefault(y, len(index)) for y, _ in self.pairs], np.int64)

    @cached_property
    def kinds(self) -> tuple[Iterate, ...]:
        """What makes each negative of its caption."""
        return tuple(joined_by(y, negative) for y, negative in self.pairs)

    @cached_property
    def orbits(self) -> tuple[Int[np.ndarray, " n"], Bool[np.ndarray, " n"]]:
        """The orbits of the corpus's sequences, by pairs as edges, and which sequences have pairs.

        Negatives that are no captions join captions all the same.
        """
        index = dict(self.corpus.index)
        edges = [[index.setdefault(one, len(index)) for one in pair] for pair in self.pairs]
        source, target = np.array(edges, np.int64).reshape(-1, 2).T
        graph = coo_array((np.ones(len(source)), (source, target)), (len(index), len(index)))
        _, label = connected_components(graph, directed=False)
        count = len(self.corpus.sequences)
        paired = np.zeros(len(index), bool)
        paired[source] = paired[target] = True
        return label[:count].astype(np.int64), paired[:count]

    @cached_property
    def groups(self) -> Groups:
        """The orbits, as groups of the corpus's sequences."""
        label, _ = self.orbits
        return Groups.of(np.arange(len(label)), label, np.ones(len(label)))


def joined_by(y: Atoms, negative: Atoms) -> Iterate:
    """The operator that makes a negative in one step or two, and in how many; another kind if none.

    An atom that is taken out is ADD the other way.

    Args:
        y: atoms of the caption.
        negative: atoms of the negative.
    """
    apart = abs(len(y) - len(negative))
    if apart in (1, 2) and _is_within(*sorted((y, negative), key=len)):
        return Iterate(ADD, apart)
    if apart:
        return Iterate(OTHER, 1)
    moves = Counter((a, b) for a, b in zip(y, negative, strict=True) if a != b)
    places = moves.total()
    if Counter(y) == Counter(negative):
        returns = all(moves[b, a] == count for (a, b), count in moves.items())
        depth = {2: 1, 3: 2}.get(places, 2 if places == 4 and returns else 3)
        return Iterate(SWAP, depth)
    return Iterate(REPLACE, places) if places <= 2 else Iterate(OTHER, 1)


def _is_within(short: Atoms, long: Atoms) -> bool:
    """Whether the atoms of the one come in the other, in their order."""
    rest = iter(long)
    return all(atom in rest for atom in short)
