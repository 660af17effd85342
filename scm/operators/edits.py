"""Edits of captions: what an operator may do to a row, as tables that run inside jit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Int

from scm.array_module import AnyArray, array_module
from scm.language.caption_space import CaptionSpace
from scm.language.scene_space import ABSENT

Range = tuple[int, int]

PRESENT: Range = (0, 2**31 - 1)
"""The range of a concept that a scene has."""

GONE: Range = (ABSENT, ABSENT)
"""The range of a concept that a scene does not have."""

_KEEP = ABSENT - 1


@dataclass(frozen=True)
class Edit:
    """One way to change a row of a `CaptionSpace`.

    Attributes:
        where: column to the range its value must be in, for the edit to apply.
        take: column to the column whose old value it takes.
        put: column to the value it gets.
        unless: column to a value it must not have.
    """

    where: Mapping[int, Range] = field(default_factory=dict)
    take: Mapping[int, int] = field(default_factory=dict)
    put: Mapping[int, int] = field(default_factory=dict)
    unless: Mapping[int, int] = field(default_factory=dict)


def exchange(left: Sequence[int], right: Sequence[int]) -> dict[int, int]:
    """What to ``take`` to exchange some columns with others.

    Args:
        left: columns.
        right: as many others.
    """
    return dict(zip([*left, *right], [*right, *left], strict=True))


def apply_edits(
    edits: Sequence[Edit], space: CaptionSpace, rows: Int[AnyArray, "n d"]
) -> tuple[Int[AnyArray, "n variants d"], Bool[AnyArray, "n variants"]]:
    """All edits of all rows.

    Args:
        edits: one for each variant.
        space: the captions.
        rows: well-formed captions.

    Returns:
        The edited rows, and which of them are well-formed captions other than the row they came
        from, by an edit that applied to it.
    """
    xp = array_module(rows)
    width = rows.shape[1]
    shape = (1, len(edits), width)
    low, high = np.full(shape, -(2**31), np.int32), np.full(shape, 2**31 - 1, np.int32)
    source = np.broadcast_to(np.arange(width, dtype=np.int32), shape).copy()
    value, other_than = np.full(shape, _KEEP, np.int32), np.full(shape, _KEEP, np.int32)
    for variant, edit in enumerate(edits):
        for column, (least, most) in edit.where.items():
            low[0, variant, column], high[0, variant, column] = least, most
        for column, other in edit.take.items():
            source[0, variant, column] = other
        for column, put in edit.put.items():
            value[0, variant, column] = put
        for column, refused in edit.unless.items():
            other_than[0, variant, column] = refused
    low, high, value, other_than = map(xp.asarray, (low, high, value, other_than))
    old = rows[:, None, :]
    new = xp.where(value == _KEEP, xp.take(rows, xp.asarray(source[0]), axis=1), value)
    applies = xp.all((old >= low) & (old <= high) & (old != other_than), axis=2)
    formed = space.well_formed(new.reshape(-1, width)).reshape(applies.shape)
    return new, applies & formed & xp.any(new != old, axis=2)
