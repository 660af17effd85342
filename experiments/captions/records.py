"""Records of files: JSON, JSON lines, CSV, TSV and Parquet, each with the place where it stands."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from scm.arguments import ArgumentError, require

PARQUET = b"PAR1"
"""What a file of Parquet begins with."""

_SURROGATE = re.compile("[\ud800-\udfff]")

_SHOWN = 60
"""Characters of what is wrong that an error shows."""


class Record(NamedTuple):
    """What a file says at one place.

    Attributes:
        where: the file and the place, as errors name them.
        key: the name that an object of JSON has for it; its number elsewhere, from 0.
        fields: values by column.
    """

    where: str
    key: str
    fields: dict[str, Any]


def read_bytes(path: Path) -> bytes:
    """All of a file.

    Raises:
        ArgumentError: if it cannot be read, or nothing is in it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArgumentError(f"{path}: expected a file, got none ({error.strerror})") from None
    require(bool(data.strip()), str(path), "captions", "an empty file")
    return data


def decode(path: Path, data: bytes) -> str:
    """Text of a file, without the mark that some editors put before it.

    Args:
        path: of the file, for errors.
        data: what is in it.

    Raises:
        ArgumentError: if it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArgumentError(
            f"{path}: expected text in UTF-8, got other bytes at {error.start}"
        ) from None


def whole(text: str) -> str:
    """The text with U+FFFD where it has half a character, which cannot be written to a file.

    JSON can say such halves; two that belong together have become one character by then.
    """
    return _SURROGATE.sub("�", text)


def shown(value: Any) -> str:
    """A value as errors show it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def refuse(where: str, expected: str, got: str) -> NoReturn:
    """Say what is wrong with a record.

    Args:
        where: the file and the place in it.
        expected: what should stand there.
        got: what does, in words.

    Raises:
        ArgumentError: always.
    """
    raise ArgumentError(f"{where}: expected {expected}, got {got}") from None


def is_json(text: str) -> bool:
    """Whether text means to be JSON, or lines of it."""
    return text.lstrip()[:1] in ("{", "[")


def read_records(path: Path, data: bytes) -> list[Record]:
    """The records of a file, of whatever kind its content says it is.

    Parquet by its mark; JSON, or lines of JSON, where it begins with a bracket; a table otherwise,
    with tabs between cells where its first line has one and commas elsewhere.

    Args:
        path: of the file, for errors.
        data: what is in it.

    Raises:
        ArgumentError: if it is not UTF-8, truncated, no records, or has a column twice.
    """
    if data.startswith(PARQUET):
        return list(_of_parquet(path))
    text = decode(path, data)
    found = list(_of_json(path, parse_json(path, text)) if is_json(text) else _of_table(path, text))
    require(bool(found), str(path), "records", "a file with none")
    return found


def parse_json(path: Path, text: str) -> Any:
    """What JSON says, or a list of what its lines say where each is an object of its own.

    Args:
        path: of the file, for errors.
        text: of the file.

    Raises:
        ArgumentError: if it is truncated or no JSON, or an object has a key twice.
    """
    try:
        return _parse(str(path), text)
    except json.JSONDecodeError as error:
        lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        first = _object(str(path), lines[0][1])
        if first is None or len(lines) == 1:
            got = f"{error.msg} at line {error.lineno}, column {error.colno}"
            refuse(str(path), "complete JSON", got)
    return JsonLines(_lines(path, lines))


class JsonLines(list[tuple[int, dict[str, Any]]]):
    """Objects of JSON, one a line, each with the number of its line."""


def _lines(path: Path, lines: list[tuple[int, str]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for n, line in lines:
        found = _object(f"{path}, line {n}", line)
        if found is None:
            refuse(f"{path}, line {n}", "an object of JSON", shown(line))
        yield n, found


def _object(where: str, line: str) -> dict[str, Any] | None:
    """The object that a line says; None where it says none."""
    try:
        found = _parse(where, line)
    except json.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _parse(where: str, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
            refuse(where, "each key once", f"{shown(twice)} twice")
        return found

    try:
        return json.loads(text, object_pairs_hook=once, strict=False)
    except (json.JSONDecodeError, ArgumentError):
        raise
    except (RecursionError, ValueError):
        refuse(where, "records", "JSON nested too deep, or with a number too long, to be read")


def _of_json(path: Path, said: Any) -> Iterator[Record]:
    """Records of a list, of lines, or of an object: by its keys, or itself the one record."""
    if isinstance(said, JsonLines):
        for n, (line, fields) in enumerate(said):
            yield Record(f"{path}, line {line}", str(n), fields)
        return
    if isinstance(said, dict):
        is_one = not all(isinstance(value, dict) for value in said.values())
        named = {"0": said} if is_one else said
    else:
        named = {str(n): value for n, value in enumerate(said)}
    for key, fields in named.items():
        where = f"{path}, record {whole(key)}"
        if not isinstance(fields, dict):
            refuse(where, "an object of JSON", shown(fields))
        yield Record(where, key, fields)


def _of_table(path: Path, text: str) -> Iterator[Record]:
    head, _, _ = text.lstrip("\r\n").partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head else ",")
    names: list[str] | None = None
    line = n = 0
    try:
        for cells in reader:
            line, before = reader.line_num, line
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _columns(path, cells)
                continue
            where = f"{path}, line {before + 1}"
            if len(cells) != len(names):
                refuse(where, f"{len(names)} cells as in the first line", str(len(cells)))
            yield Record(where, str(n), dict(zip(names, cells, strict=True)))
            n += 1
    except csv.Error as error:
        refuse(f"{path}, line {reader.line_num}", "cells of a table", str(error))


def _columns(path: Path, names: list[str]) -> list[str]:
    names = [name.strip() for name in names]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        refuse(str(path), "each column once", f"{shown(twice[0])} twice")
    return names


def _of_parquet(path: Path) -> Iterator[Record]:
    """Rows of Parquet; images and the like, which are no text, are None."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ArgumentError(
            f"{path}: expected pyarrow to be installed, which reads Parquet, by "
            "pip install 'token-scm[parquet]', got none"
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            names = _columns(path, list(file.schema_arrow.names))
            kinds = {field.name: field.type for field in file.schema_arrow}
            kept = [name for name in names if not _is_opaque(pa, kinds[name])]
            rows = file.read(columns=kept).to_pylist()
    except (pa.ArrowException, OSError) as error:
        (said, *_) = str(error).splitlines() or ("",)
        refuse(str(path), "a whole file of Parquet", shown(said))
    for n, row in enumerate(rows):
        yield Record(f"{path}, row {n}", str(n), dict.fromkeys(names) | row)


def _is_opaque(pa: Any, kind: Any) -> bool:
    is_of = pa.types
    return is_of.is_struct(kind) or is_of.is_binary(kind) or is_of.is_large_binary(kind)
