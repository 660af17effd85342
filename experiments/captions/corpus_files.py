"""Captions of a corpus from files: plain text, tables, JSON, COCO."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.captions.columns import text_of
from experiments.captions.formats import FORMATS, known_format
from experiments.captions.records import (
    PARQUET,
    Record,
    decode,
    is_json,
    parse_json,
    read_bytes,
    read_records,
    refuse,
    shown,
    whole,
)

TABLES = (".csv", ".tsv")
"""Names of files whose first line names columns; other text is one caption a line."""

COLUMNS = ("caption", "title", "text", "sentence")
"""Columns that hold captions where no format of pairs is known, in order of preference."""


def read_captions_file(path: Path, column: str | None = None) -> list[str]:
    """The captions of a file, in its order, each as often as the file says it.

    A file of pairs names a caption once for each of its hard negatives; it counts once.

    Args:
        path: plain text, one caption a line, blank lines aside; captions of COCO in JSON; a list of
            texts in JSON; or records, in JSON, JSON lines, CSV, TSV or Parquet.
        column: of the records; None for that of their format of pairs, or one of `COLUMNS`.

    Raises:
        ArgumentError: if the file cannot be read or is damaged, holds no captions, or lacks the
            column.
    """
    data = read_bytes(path)
    if not data.startswith(PARQUET):
        text = decode(path, data)
        if is_json(text) and column is None:
            said = _not_records(path, parse_json(path, text))
            if said is not None:
                return said
        elif column is None and path.suffix.lower() not in TABLES:
            return [whole(line.strip()) for line in text.split("\n") if line.strip()]
    records = read_records(path, data)
    known = known_format(records[0]) if column is None else None
    name = column or (known.caption if known else _column(path, records[0]))
    for record in records:
        if name not in record.fields:
            refuse(record.where, f"the column {name}", f"{', '.join(record.fields)}"[:300])
    captions = [text_of(record, name) for record in records]
    return list(dict.fromkeys(captions)) if known else captions


def _not_records(path: Path, said: Any) -> list[str] | None:
    """Captions of COCO, or of a list of texts; None of anything else."""
    if isinstance(said, dict) and isinstance(said.get("annotations"), list):
        found = []
        for n, one in enumerate(said["annotations"]):
            fields = one if isinstance(one, dict) else {}
            record = Record(f"{path}, annotation {n}", str(n), {"caption": None} | fields)
            found.append(text_of(record, "caption"))
        return found or None
    if isinstance(said, list) and said and isinstance(said[0], str):
        for n, one in enumerate(said):
            if not isinstance(one, str) or not one.strip():
                refuse(f"{path}, record {n}", "a caption", shown(one))
        return [whole(one) for one in said]
    return None


def _column(path: Path, record: Record) -> str:
    found = next((name for name in COLUMNS if name in record.fields), None)
    if found is None:
        has = ", ".join(map(whole, record.fields)) or "none"
        expected = f"a column {', '.join(COLUMNS)}, columns of a format ({', '.join(FORMATS)})"
        refuse(str(path), f"{expected}, or the name of one", f"the columns {has}"[:300])
    return found
