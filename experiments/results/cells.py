"""Tables as CSV whose cells keep their types: text stands in quotes, nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\Z)')

_PLAIN = re.compile(r"[A-Za-z_][\w .-]*")
"""Names of columns that need no quotes."""


def format_table(names: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """CSV of a line of names, then lines of cells.

    Text is quoted, also where it looks like a number. True and False, integers, and floats to the
    last bit stand bare; None is an empty cell.

    Args:
        names: of the columns.
        lines: cells in the order of the columns, line by line.
    """
    head = [name if _PLAIN.fullmatch(name) else _cell(name) for name in names]
    return "".join(",".join(line) + "\n" for line in [head, *(map(_cell, one) for one in lines)])


def parse_table(text: str) -> Iterator[list[Any]]:
    """The lines of what `format_table` wrote, the names first.

    A bare cell that is neither empty, nor a number, nor True or False, is text: quotes may have
    been lost in a spreadsheet.

    Raises:
        ValueError: if a quote is not closed, or followed by more of its cell.
    """
    position, line = 0, []
    while position < len(text):
        found = _CELL.match(text, position)
        if found is None:
            raise ValueError(f"expected a cell of CSV, got {text[position : position + 20]!r}")
        quoted, bare, end = found.groups()
        line.append(_bare(bare) if quoted is None else quoted.replace('""', '"'))
        position = found.end()
        if end == ",":
            if position == len(text):
                line.append(None)
                yield line
            continue
        yield line
        line = []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return repr(value)
    return '"' + str(value).replace('"', '""') + '"'


def _bare(text: str) -> Any:
    if text in ("", "True", "False"):
        return {"": None, "True": True, "False": False}[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
