"""Neighbours of captions in a corpus: what SWAP, REPLACE and ADD make of one that is another.

They are found by hashing, never by comparing all pairs. SWAP: sequences of the same multiset of
atoms; exactly two atoms exchanged is depth 1, as many exchanges as it takes the depth. REPLACE:
sequences that are equal but for the atom of one place, or of two. ADD: one is the other with one
atom inserted, or with two; either is a neighbour of the other, for an orbit holds both.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int, UInt64

from experiments.corpus.sequences import Corpus, of_length, placed
from experiments.vocabulary.corpora import ANY_DEPTH
from experiments.vocabulary.operators import ADD, REPLACE, SWAP

LONGEST = 40
"""Atoms of the longest sequence that is looked at two places at a time."""


@runtime_checkable
class Neighbours(Protocol):
    """Who is a neighbour of whom among the sequences of a corpus."""

    def reach(self, counts: Int[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """How many captions are neighbours of each sequence.

        Args:
            counts: how often each sequence is drawn.
        """
        ...


@dataclass(frozen=True, eq=False)
class Groups:
    """Sequences that share a group are neighbours, once for each group that they share.

    Attributes:
        member: a sequence,
        group: and a group that it is in, from 0; groups of one are left out.
        weight: of the group among those of the sequence, which sum to 1 where none is left out.
    """

    member: Int[np.ndarray, " entries"]
    group: Int[np.ndarray, " entries"]
    weight: Float[np.ndarray, " entries"]

    @classmethod
    def of(
        cls,
        member: Int[np.ndarray, " all"],
        key: Int[np.ndarray, " all"] | UInt64[np.ndarray, " all"],
        weight: Float[np.ndarray, " all"],
    ) -> Groups:
        """The groups that keys say, those of one sequence left out.

        Args:
            member: a sequence.
            key: of a group that it is in.
            weight: of the group.
        """
        _, group, size = np.unique(key, return_inverse=True, return_counts=True)
        kept = size[group] > 1
        _, group = np.unique(group[kept], return_inverse=True)
        return cls(member[kept], group, weight[kept])

    def reach(self, counts: Int[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """See `Neighbours`."""
        of_member = counts[self.member].astype(float)
        others = np.bincount(self.group, of_member)[self.group] - of_member
        return np.bincount(self.member, others, len(counts)).astype(float)


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs of neighbours, each in both directions.

    Attributes:
        source: a sequence.
        target: a neighbour of it.
    """

    source: Int[np.ndarray, " links"]
    target: Int[np.ndarray, " links"]

    def reach(self, counts: Int[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """See `Neighbours`."""
        return np.bincount(self.source, counts[self.target], len(counts)).astype(float)


@dataclass(frozen=True, eq=False)
class Within:
    """Neighbours at one place or two, where groups of two places count those at one too often.

    Attributes:
        one: sequences equal but for one place.
        two: sequences equal but for two, or one, once for each other place.
        often: of each sequence, how many groups of two it shares with one that differs at one.
    """

    one: Groups
    two: Groups
    often: Int[np.ndarray, " n"]

    def reach(self, counts: Int[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """See `Neighbours`."""
        near = self.one.reach(counts)
        return near + np.maximum(self.two.reach(counts) - self.often * near, 0)


class Iterate(NamedTuple):
    """An operator and how often it acts.

    Attributes:
        operator: SWAP, REPLACE or ADD.
        depth: the most steps.
    """

    operator: str
    depth: int | str


def neighbours(corpus: Corpus) -> dict[Iterate, Neighbours]:
    """All kinds of neighbours of a corpus.

    Args:
        corpus: of captions.
    """
    swaps, pairs = _exchanges(corpus)
    ones = slots(corpus)
    return {
        Iterate(SWAP, 1): swaps,
        Iterate(SWAP, 2): pairs,
        Iterate(SWAP, ANY_DEPTH): orders(corpus),
        Iterate(REPLACE, 1): ones,
        Iterate(REPLACE, 2): _two_slots(corpus, ones),
        Iterate(ADD, 1): _insertions(corpus, 1),
        Iterate(ADD, 2): _insertions(corpus, 2),
    }


def orders(corpus: Corpus) -> Groups:
    """Sequences of one multiset of atoms: the orbits of SWAP.

    Args:
        corpus: of captions.
    """
    everything = np.arange(len(corpus.sequences))
    return Groups.of(everything, corpus.bags, np.ones(len(everything)))


def slots(corpus: Corpus) -> Groups:
    """Sequences that are equal but for one place: a group for each place of each sequence.

    Args:
        corpus: of captions.
    """
    member, key, weight = [], [], []
    for sequence, atoms in corpus.by_length():
        length = atoms.shape[1]
        of_atom = placed(atoms)
        total = of_atom.sum(axis=1, keepdims=True) + of_length(length)
        hole = placed(np.full((1, length), -1))
        member.append(np.repeat(sequence, length))
        key.append((total - of_atom + hole).ravel())
        weight.append(np.full(atoms.size, 1 / length))
    return Groups.of(_joined(member, int), _joined(key, np.uint64), _joined(weight, float))


def _two_slots(corpus: Corpus, one: Groups) -> Within:
    member, key = [], []
    often = np.zeros(len(corpus.sequences), np.int64)
    for sequence, atoms in corpus.by_length():
        length = atoms.shape[1]
        if not 2 <= length <= LONGEST:
            continue
        often[sequence] = length - 1
        of_atom = placed(atoms)
        changed = placed(np.full((1, length), -1)) - of_atom
        total = of_atom.sum(axis=1, keepdims=True) + of_length(length)
        left, right = np.triu_indices(length, 1)
        member.append(np.repeat(sequence, len(left)))
        key.append((total + changed[:, left] + changed[:, right]).ravel())
    members = _joined(member, int)
    two = Groups.of(members, _joined(key, np.uint64), np.ones(len(members)))
    return Within(one, two, often)


def _insertions(corpus: Corpus, most: int) -> Links:
    """Sequences of which one is the other with at most so many atoms inserted."""
    totals: dict[int, tuple[UInt64[np.ndarray, " n"], Int[np.ndarray, " n"]]] = {}
    pairs = [np.zeros(0, np.int64)]
    count = len(corpus.sequences)
    for sequence, atoms in corpus.by_length():
        length = atoms.shape[1]
        shifted = [placed(atoms, shift) for shift in range(most + 1)]
        for taken in range(1, most + 1):
            if length - taken not in totals or (taken > 1 and length > LONGEST):
                continue
            known, known_of = totals[length - taken]
            for places in combinations(range(length), taken):
                ends = (-1, *places, length)
                rest = np.zeros(len(atoms), np.uint64)
                for shift in range(taken + 1):
                    part = shifted[shift][:, ends[shift] + 1 : ends[shift + 1]]
                    rest = rest + part.sum(axis=1)
                at = np.minimum(np.searchsorted(known, rest), len(known) - 1)
                found = known[at] == rest
                pairs.append(sequence[found] * count + known_of[at[found]])
        total = shifted[0].sum(axis=1)
        order = np.argsort(total, kind="stable")
        totals[length] = total[order], sequence[order]
    longer, shorter = np.divmod(np.unique(np.concatenate(pairs)), max(count, 1))
    return Links(np.concatenate([longer, shorter]), np.concatenate([shorter, longer]))


def _exchanges(corpus: Corpus) -> tuple[Links, Links]:
    """Sequences that one exchange of two atoms joins, and those that at most two join.

    Two sequences of one multiset that differ at two places are one exchange apart, at three places
    two; at four places they are two apart where what comes to each place goes back as often.
    """
    several = orders(corpus)
    by_group = np.argsort(several.group, kind="stable")
    cuts = np.cumsum(np.bincount(several.group))[:-1] if len(by_group) else []
    number: dict[str, int] = {}
    found: list[list[Int[np.ndarray, " links"]]] = [[], []]
    for members in np.split(several.member[by_group], cuts) if len(by_group) else []:
        atoms = [[number.setdefault(a, len(number)) for a in corpus.sequences[m]] for m in members]
        rows = np.array(atoms, np.int64)
        for m, row in zip(members, rows, strict=True):
            differs = rows != row
            apart = differs.sum(axis=1)
            far = apart == 3
            for other in np.flatnonzero(apart == 4):
                here, there = row[differs[other]], rows[other, differs[other]]
                moves = sorted(zip(here.tolist(), there.tolist(), strict=True))
                far[other] = moves == sorted((after, before) for before, after in moves)
            for depth, reached in enumerate((apart == 2, (apart == 2) | far)):
                target = members[reached]
                found[depth].append(np.stack([np.full(len(target), m), target]))
    one, two = (np.concatenate([np.zeros((2, 0), np.int64), *each], axis=1) for each in found)
    return Links(*one), Links(*two)


def _joined(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate([np.zeros(0, dtype), *parts])
