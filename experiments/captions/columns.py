"""A format of files of pairs: which columns of a record say what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from experiments.captions.pairs import CaptionPair
from experiments.captions.records import Record, refuse, shown, whole


@dataclass(frozen=True)
class Format:
    """Which columns of a record say what.

    Attributes:
        name: what a user calls it.
        says: how it looks, in words.
        caption: the column of y.
        negatives: columns of y', of which a record has one: text, or a list of texts.
        as_literals: whether a table writes such a list as Python does.
        tells: other columns by which the format is known.
        positive: the column of a paraphrase.
        image: the column of y's image.
        negative_image: the column of the image of y'.
        category: columns that say the category together; of none, it is the file's name where
            ``by_file``.
        by_file: whether a file holds one category.
        dataset: where pairs are from; None for the column ``dataset``, where there is one.
        accepts: whether a record counts; None where all do.
    """

    name: str
    says: str
    caption: str
    negatives: tuple[str, ...]
    tells: tuple[str, ...] = ()
    positive: str | None = None
    image: str | None = None
    negative_image: str | None = None
    category: tuple[str, ...] = ()
    by_file: bool = False
    dataset: str | None = None
    as_literals: bool = False
    accepts: Callable[[Record], bool] | None = None

    def missing(self, fields: dict[str, Any]) -> list[str]:
        """The columns that a record of this format has and these fields have not."""
        has_negative = any(name in fields for name in self.negatives)
        no_negative = [] if has_negative else [" or ".join(self.negatives)]
        caption, *tells = ([] if n in fields else [n] for n in (self.caption, *self.tells))
        return [*caption, *no_negative, *(name for one in tells for name in one)]

    def pairs(self, record: Record, stem: str) -> Iterator[CaptionPair]:
        """The pairs of a record, one a hard negative.

        Args:
            record: of a file of this format.
            stem: of the file's name.

        Raises:
            ArgumentError: if a column is missing, or a caption is none or empty.
        """
        missing = self.missing(record.fields)
        if missing:
            columns = ", ".join(map(whole, record.fields)) or "none"
            expected = f"the column {missing[0]} of format {self.name}"
            refuse(record.where, expected, f"the columns {columns}"[:300])
        if self.accepts is not None and not self.accepts(record):
            return
        (column, *_) = [name for name in self.negatives if name in record.fields]
        negatives = _texts(record, column, self.as_literals)
        labels = [_label(record, name) for name in self.category]
        dataset = _label(record, "dataset") if self.dataset is None else self.dataset
        id_of = _label(record, "id") or whole(record.key)
        pair = CaptionPair(
            caption=text_of(record, self.caption),
            negative="",
            dataset=dataset,
            category=" ".join(filter(None, labels)) or (stem if self.by_file else ""),
            id=id_of,
            positive=self._positive(record),
            image=_file(record, self.image),
            negative_image=_file(record, self.negative_image),
        )
        for n, negative in enumerate(negatives):
            number = id_of if len(negatives) == 1 else f"{id_of}:{n}"
            yield replace(pair, negative=negative, id=number)

    def _positive(self, record: Record) -> str | None:
        """The paraphrase; none where the format can lack it and the record does."""
        if self.positive is None:
            return None
        is_there = self.positive in self.tells or bool(record.fields.get(self.positive))
        return text_of(record, self.positive) if is_there else None


def text_of(record: Record, column: str) -> str:
    """The caption that stands in a column.

    Args:
        record: of a file.
        column: which the record has.

    Raises:
        ArgumentError: if it is no text or empty.
    """
    return _caption(record, column, record.fields[column])


def _caption(record: Record, column: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        refuse(record.where, f"a caption in {column}", shown(value))
    return whole(value)


def _texts(record: Record, column: str, as_literal: bool) -> list[str]:
    """The captions of a column that holds one, or a list of them."""
    value = record.fields[column]
    if as_literal and isinstance(value, str) and value.strip().startswith("["):
        try:
            value = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            refuse(record.where, f"a list of captions in {column}", shown(value))
    if isinstance(value, list):
        return [_caption(record, column, one) for one in value]
    return [_caption(record, column, value)]


def _label(record: Record, column: str) -> str:
    """What a column that need not be there says in a word or a number."""
    value = record.fields.get(column)
    return whole(str(value)) if isinstance(value, (str, int)) else ""


def _file(record: Record, column: str | None) -> str | None:
    """The name of a file; None where the data holds the image itself, or none."""
    value = record.fields.get(column) if column else None
    return whole(value) if isinstance(value, str) and value else None
