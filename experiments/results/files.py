"""Files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scm.arguments import ArgumentError

REPORT = ("results.csv", "verdicts.json", "manifest.json")
"""The files of a report."""

PAGE = "report.html"
"""The page that shows them."""


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then rename it to ``path``.

    Args:
        path: where the file is to be, in a folder that is there.
        write: fills the file whose path it is called with.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write strict JSON, atomically.

    Args:
        path: where the file is to be, in a folder that is there.
        value: what JSON can say; no number of it is NaN or infinite.
    """
    text = json.dumps(value, indent=1, allow_nan=False) + "\n"
    write_atomically(path, lambda temporary: temporary.write_text(text))


def writable_directory(argument: str, path: Path) -> Path:
    """``path``, made if it is not there.

    Args:
        argument: what the directory is called in errors.
        path: the directory.

    Raises:
        ArgumentError: if it cannot be made, is no directory, or cannot be written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ArgumentError(
            f"{argument}: expected a directory that can be written to, got {str(path)!r} "
            f"({error.strerror})"
        ) from None
    return path


def require_files(argument: str, *paths: Path) -> None:
    """Find what stands in the way of files before any is made.

    Args:
        argument: what the place of the files is called in errors.
        *paths: of files that are to be written.

    Raises:
        ArgumentError: if a path is there and is no file.
    """
    for path in paths:
        if path.exists() and not path.is_file():
            raise ArgumentError(
                f"{argument}: expected a file or none, got the folder {str(path)!r}"
            )
