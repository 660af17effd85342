"""Words over operators that make one sequence of lemmas of another."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import NamedTuple

from rapidfuzz.distance import Indel, Levenshtein

from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from experiments.vocabulary.readings import REMOVE

Lemmas = tuple[str, ...]
"""Of an atom or a phrase, empty where there is none; or of a caption."""


class Operation(NamedTuple):
    """One operator on sequences of lemmas.

    Attributes:
        operator: SWAP, REPLACE, ADD or REMOVE.
        left: what stood there; one of the two that are exchanged; empty of ADD.
        right: what stands there now; the other of the two, empty where one is moved; empty of
            REMOVE.
    """

    operator: str
    left: Lemmas
    right: Lemmas


LONGEST = 8
"""Most words of a stretch that is exchanged."""


def exchange(left: Lemmas, right: Lemmas) -> list[Operation]:
    """The exchange of two stretches that makes ``right`` of ``left``; empty where there is none.

    Args:
        left: p u m v q, where u and v are not empty.
        right: p v m u q.

    Returns:
        That whose longer stretch is the shortest.
    """
    if len(left) != len(right):
        return []
    differ = [i for i, (x, y) in enumerate(zip(left, right, strict=True)) if x != y]
    if not differ:
        return []
    a, b = (of[differ[0] : differ[-1] + 1] for of in (left, right))
    n = len(a)
    sizes = range(1, min(LONGEST, n - 1) + 1)
    firsts = [i for i in sizes if a[:i] == b[n - i :]]
    lasts = [j for j in sizes if a[n - j :] == b[:j]]
    for i, j in sorted(itertools.product(firsts, lasts), key=max):
        if i + j <= n and a[i : n - j] == b[j : n - i]:
            return [Operation(SWAP, a[:i], a[n - j :])]
    return []


def renaming(left: Lemmas, right: Lemmas) -> list[Operation]:
    """The exchange of two lemmas wherever they stand; empty where it is not that.

    Args:
        left: a caption.
        right: what it becomes.
    """
    if len(left) != len(right):
        return []
    changed = {(x, y) for x, y in zip(left, right, strict=True) if x != y}
    if len(changed) != 2:
        return []
    (x, y), other = sorted(changed)
    return [Operation(SWAP, (x,), (y,))] if other == (y, x) else []


Gap = tuple[Lemmas, Lemmas]
"""What stands between words that two captions share, in order, in the one and in the other."""


def gaps(left: Lemmas, right: Lemmas) -> list[Gap]:
    """The gaps in the longest sequence of words that two captions share.

    Args:
        left: a caption.
        right: another.
    """
    found: list[Gap] = []
    apart = False
    for code in Indel.opcodes(left, right):
        if code.tag == "equal":
            apart = False
            continue
        x, y = left[code.src_start : code.src_end], right[code.dest_start : code.dest_end]
        if apart:
            before, after = found.pop()
            x, y = before + x, after + y
        found.append((x, y))
        apart = True
    return found


def places(left: Lemmas, right: Lemmas) -> list[Gap]:
    """The gaps where one word stands in another's place, or none does, by the fewest edits.

    Args:
        left: a caption.
        right: another.
    """
    found: list[Gap] = []
    for code in Levenshtein.opcodes(left, right):
        x, y = left[code.src_start : code.src_end], right[code.dest_start : code.dest_end]
        if code.tag == "replace":
            found += [((one,), (other,)) for one, other in zip(x, y, strict=True)]
        elif code.tag != "equal":
            found.append((x, y))
    return found


CHANGED = 64
"""Words that differ between captions among which exchanges are looked for: far more than any word
over operators that is short enough to be one changes."""


def edits(rest: list[Gap]) -> list[Operation]:
    """Exchanges of what stands in gaps, and an edit for each gap that is left.

    A cycle of k atoms, each where another stood, takes k - 1 exchanges; an atom that stands in
    another gap than before is exchanged with an empty place.

    Args:
        rest: gaps.
    """
    if len(rest) < 2 or sum(len(x) + len(y) for x, y in rest) > CHANGED:
        return _one_each(rest)
    found: list[Operation] = []
    for cycle in _cycles(rest):
        for gap in cycle:
            rest.remove(gap)
        found += [Operation(SWAP, x, y) for x, y in cycle[:-1]]
    moved, others = _moves(rest)
    moves = [Operation(SWAP, atom, ()) for atom in moved] + _one_each(others)
    return found + min(moves, _one_each(rest), key=len)


def _one_each(rest: list[Gap]) -> list[Operation]:
    """An edit for each gap."""
    return [Operation(REPLACE if x and y else REMOVE if x else ADD, x, y) for x, y in rest]


def words(left: Lemmas, right: Lemmas) -> list[list[Operation]]:
    """Words over operators that make one caption of another, in several ways.

    Args:
        left: a caption.
        right: another; none is needed where it is the same.
    """
    if left == right:
        return []
    found = [exchange(left, right), renaming(left, right), edits(gaps(left, right))]
    if len(found[-1]) > 1:
        found.append(edits(places(left, right)))
    return [word for word in found if word]


def _moves(found: list[Gap]) -> tuple[list[Lemmas], list[Gap]]:
    """Atoms that stand in another gap than before, the longest first, and what is left of gaps."""
    moved = []
    rest = list(found)
    gone = frozenset(itertools.chain.from_iterable(x for x, _ in found))
    while stretches := [
        (stretch, i, j)
        for j, (_, y) in enumerate(rest)
        if not gone.isdisjoint(y)
        for i, (x, _) in enumerate(rest)
        if i != j and (stretch := _longest(x, y))
    ]:
        stretch, i, j = max(stretches, key=lambda one: len(one[0]))
        moved.append(stretch)
        rest[i] = (_without(rest[i][0], stretch), rest[i][1])
        rest[j] = (rest[j][0], _without(rest[j][1], stretch))
    return moved, [gap for gap in rest if gap != ((), ())]


def _longest(left: Lemmas, right: Lemmas) -> Lemmas:
    """The longest stretch that two share."""
    short, long = sorted((left, right), key=len)
    if len(short) == 1:
        # So are most, and these need no search.
        return short if short[0] in long else ()
    best: Lemmas = ()
    for i, j in itertools.product(range(len(left)), range(len(right))):
        size = 0
        for x, y in zip(left[i:], right[j:], strict=False):
            if x != y:
                break
            size += 1
        if size > len(best):
            best = left[i : i + size]
    return best


def _without(words: Lemmas, stretch: Lemmas) -> Lemmas:
    """Words without the first occurrence of a stretch of them."""
    size = len(stretch)
    at = next(i for i in range(len(words)) if words[i : i + size] == stretch)
    return words[:at] + words[at + size :]


def _cycles(found: list[Gap]) -> list[list[Gap]]:
    """Gaps that exchange what stands in them, each in one cycle."""
    cycles = []
    left = list(found)
    while left:
        chain = [left.pop(0)]
        while chain[-1][1] != chain[0][0]:
            step = next((gap for gap in left if gap[0] == chain[-1][1]), None)
            if step is None:
                break
            left.remove(step)
            chain.append(step)
        if len(chain) > 1 and chain[-1][1] == chain[0][0]:
            cycles.append(chain)
        else:
            left += chain[1:]
    return cycles


def shared(left: Lemmas, right: Lemmas) -> int:
    """Words that two captions share, wherever they stand.

    Args:
        left: a caption.
        right: another.
    """
    return (Counter(left) & Counter(right)).total()
