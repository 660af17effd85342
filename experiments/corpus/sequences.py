"""Captions as sequences of atoms, each distinct one once, with hashes to find neighbours by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, UInt64

from experiments.captions.words import Part, lemmas, words_of

Atoms = tuple[str, ...]
"""The lemmas of the words of a caption that say a concept or a relation, in their order."""

_LENGTH = 1 << 41
"""A place that no atom has, for the length of a sequence."""


def atoms_of(caption: str) -> Atoms:
    """The sequence of atoms of a caption; empty where it says none."""
    return lemmas(words_of(caption), Part.RELATION)


class OfLength(NamedTuple):
    """The distinct sequences of one length.

    Attributes:
        sequence: their indices.
        atoms: one sequence a row.
    """

    sequence: Int[np.ndarray, " n"]
    atoms: Int[np.ndarray, "n length"]


@dataclass(frozen=True, eq=False)
class Corpus:
    """A corpus as draws from the law of sequences of atoms.

    Attributes:
        sequences: the distinct ones, in the order in which they come.
        of: the index of each caption's sequence, captions that say no atom left out.
    """

    sequences: tuple[Atoms, ...]
    of: Int[np.ndarray, " captions"]

    @classmethod
    def of_captions(cls, captions: Sequence[str]) -> Corpus:
        """The corpus of captions as text.

        Args:
            captions: each as often as it is drawn.
        """
        index: dict[Atoms, int] = {}
        found = [index.setdefault(one, len(index)) for one in map(atoms_of, captions) if one]
        return cls(tuple(index), np.array(found, np.int64))

    @cached_property
    def index(self) -> dict[Atoms, int]:
        """The index of each sequence."""
        return {one: n for n, one in enumerate(self.sequences)}

    @cached_property
    def counts(self) -> Int[np.ndarray, " sequences"]:
        """How often each sequence is drawn."""
        return np.bincount(self.of, minlength=len(self.sequences))

    @cached_property
    def bags(self) -> Int[np.ndarray, " sequences"]:
        """The label of each sequence's multiset of atoms, from 0."""
        index: dict[Atoms, int] = {}
        sorts = (tuple(sorted(one)) for one in self.sequences)
        return np.array([index.setdefault(bag, len(index)) for bag in sorts], np.int64)

    def by_length(self) -> Iterator[OfLength]:
        """The sequences of each length, from the shortest; atoms by number."""
        number: dict[str, int] = {}
        places: dict[int, list[int]] = {}
        for n, one in enumerate(self.sequences):
            places.setdefault(len(one), []).append(n)
        for length in sorted(places):
            atoms = [
                number.setdefault(atom, len(number))
                for n in places[length]
                for atom in self.sequences[n]
            ]
            rows = np.array(atoms, np.int64).reshape(-1, length)
            yield OfLength(np.array(places[length], np.int64), rows)


def mixed(atoms: Int[np.ndarray, "*n"], places: Int[np.ndarray, "*n"]) -> UInt64[np.ndarray, "*n"]:
    """A hash of an atom at a place; that of a sequence is their sum modulo 2^64.

    The finaliser of SplitMix64: of ten million sums, two are equal by chance with a probability of
    3e-6.

    Args:
        atoms: by number.
        places: where each stands.
    """
    state = atoms.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = state + places.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03) + np.uint64(1)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def placed(atoms: Int[np.ndarray, "n length"], shift: int = 0) -> UInt64[np.ndarray, "n length"]:
    """The hash of each atom where it stands, or ``shift`` places before.

    Args:
        atoms: one sequence a row.
        shift: how many atoms before it are taken out.
    """
    places = np.broadcast_to(np.arange(atoms.shape[1]) - shift + 64, atoms.shape)
    return mixed(atoms, places)


def of_length(length: int) -> UInt64[np.ndarray, " 1"]:
    """The part of a sequence's hash that says its length."""
    return mixed(np.array([length]), np.array([_LENGTH]))
