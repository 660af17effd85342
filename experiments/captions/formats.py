"""Pairs of captions and hard negatives from files, in the formats in which they are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from experiments.captions.columns import Format
from experiments.captions.pairs import CaptionPair
from experiments.captions.records import Record, read_bytes, read_records, refuse, shown, whole
from scm.arguments import require, require_choice


def _accepted(record: Record) -> bool:
    """Whether two of three annotators took the caption, and not its foil, to be true."""
    votes = record.fields["mturk"]
    count = votes.get("caption") if isinstance(votes, dict) else None
    if not isinstance(count, int):
        refuse(record.where, "the votes for the caption in mturk", shown(votes))
    return count >= 2


OURS = Format(
    "ours",
    "dataset, category, caption, negative, id",
    "caption",
    ("negative",),
    positive="positive",
    image="image",
    negative_image="negative_image",
    category=("category",),
)

FORMATS = {
    one.name: one
    for one in (
        Format(
            "sugarcrepe++",
            "filename, caption, caption2, negative_caption; a file a category",
            "caption",
            ("negative_caption",),
            tells=("caption2",),
            positive="caption2",
            image="filename",
            by_file=True,
            dataset="sugarcrepe++",
        ),
        Format(
            "bivlc",
            "image, caption, negative_caption, negative_image, type, subtype",
            "caption",
            ("negative_caption",),
            tells=("type", "subtype"),
            image="image",
            negative_image="negative_image",
            category=("type", "subtype"),
            dataset="bivlc",
        ),
        Format(
            "sugarcrepe",
            "filename, caption, negative_caption; a file a category",
            "caption",
            ("negative_caption",),
            tells=("filename",),
            image="filename",
            by_file=True,
            dataset="sugarcrepe",
        ),
        Format(
            "valse",
            "caption, foil, mturk, image_file; a file a category; what two annotators accept",
            "caption",
            ("foil",),
            tells=("mturk",),
            image="image_file",
            by_file=True,
            dataset="valse",
            accepts=_accepted,
        ),
        Format(
            "aro",
            "true_caption, false_caption, image_path; a file a category",
            "true_caption",
            ("false_caption",),
            image="image_path",
            by_file=True,
            dataset="aro",
        ),
        Format(
            "negclip",
            "filepath, title, and lists of captions in neg_caption",
            "title",
            ("neg_caption", "hard_negative", "hard_negatives"),
            image="filepath",
            dataset="negclip",
            as_literals=True,
        ),
        Format(
            "winoground",
            "id, image_0, image_1, caption_0, caption_1, tag",
            "caption_0",
            ("caption_1",),
            image="image_0",
            negative_image="image_1",
            category=("tag",),
            dataset="winoground",
        ),
        OURS,
    )
}
"""Formats by name; of those that a record could be of, the first counts.

Sources: the files and readers that the authors of SugarCrepe (arXiv 2306.14610), SugarCrepe++
(arXiv 2406.11171), VALSE (arXiv 2112.07566), ARO and NegCLIP (arXiv 2210.01936), Winoground (arXiv
2204.03162) and BiVLC (arXiv 2406.09952) publish.
"""


def read_pairs_file(
    path: Path,
    format: str | None = None,  # noqa: A002
    *,
    caption_column: str | None = None,
    negative_column: str | None = None,
    category_column: str | None = None,
) -> list[CaptionPair]:
    """The pairs of a file, in its order.

    Args:
        path: JSON, JSON lines, CSV, TSV or Parquet, whatever its name says.
        format: one of `FORMATS`; None for that which the columns of the first record tell.
        caption_column: the column of captions, of a file in no such format.
        negative_column: the column of their hard negatives, with ``caption_column``.
        category_column: the column of their categories, if any, with ``caption_column``.

    Raises:
        ArgumentError: if the file cannot be read or is damaged, is of another format, lacks a
            column, or holds a caption that is none.
    """
    columns = (caption_column, negative_column, category_column)
    as_format = _chosen(format, *columns)
    records = read_records(path, read_bytes(path))
    if as_format is None:
        as_format = known_format(records[0])
    if as_format is None:
        has = ", ".join(map(whole, records[0].fields)) or "none"
        refuse(
            str(path),
            f"columns of one of the formats {', '.join(FORMATS)}, or names of the columns of "
            "captions and of negatives",
            f"the columns {has}"[:300],
        )
    return [pair for record in records for pair in as_format.pairs(record, path.stem)]


def read_pairs_files(
    paths: Sequence[Path],
    format: str | None = None,  # noqa: A002
    **columns: str | None,
) -> list[CaptionPair]:
    """The pairs of several files; those that name no data set are of one called as their file.

    Args:
        paths: see `read_pairs_file`, as for the others.
        format: see there.
        **columns: see there.

    Raises:
        ArgumentError: as `read_pairs_file`, or if there is no file.
    """
    require(len(paths) > 0, "files", "at least one file of pairs", 0)
    return [
        pair if pair.dataset else replace(pair, dataset=path.stem)
        for path in paths
        for pair in read_pairs_file(path, format, **columns)
    ]


def known_format(record: Record) -> Format | None:
    """The first of `FORMATS` whose columns a record has."""
    return next((one for one in FORMATS.values() if not one.missing(record.fields)), None)


def _chosen(name: str | None, *columns: str | None) -> Format | None:
    """The format that a user asks for, if any."""
    caption, negative, category = columns
    if name is not None:
        require_choice("format", name, FORMATS)
        given: Sequence[str] = [column for column in columns if column is not None]
        require(not given, "format", "none beside names of columns", name)
        return FORMATS[name]
    if caption is None or negative is None:
        missing = "caption_column" if caption is None else "negative_column"
        require(columns == (None, None, None), missing, "the name of a column", None)
        return None
    labels = () if category is None else (category,)
    return replace(
        OURS,
        name="of these columns",
        caption=caption,
        negatives=(negative,),
        tells=labels,
        category=labels,
    )
