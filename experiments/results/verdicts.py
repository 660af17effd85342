"""Verdicts and manifests on disk, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from proofs_check.verdict import Verdict
from scm.arguments import ArgumentError


def read_verdicts(path: Path) -> list[Verdict]:
    """The verdicts that a report wrote.

    Raises:
        ArgumentError: if the file is not there, or holds anything else.
    """
    found = _read(path, "verdicts of a report", list)
    verdicts = []
    for one in found:
        if not isinstance(one, dict):
            raise ArgumentError(f"{path}: expected verdicts of a report, got {one!r:.40}")
        try:
            verdicts.append(Verdict.from_json(one))
        except ArgumentError as error:
            raise ArgumentError(f"{path}: expected verdicts of a report; {error}") from None
    return verdicts


def read_manifest(path: Path) -> dict[str, Any]:
    """What a report was made by, see `experiments.results.provenance.manifest`.

    Raises:
        ArgumentError: if the file is not there, or holds anything else.
    """
    return _read(path, "the manifest of a report", dict)


def _read(path: Path, expected: str, kind: type) -> Any:
    """Strict JSON of a kind."""
    try:
        found = json.loads(path.read_bytes().decode(), parse_constant=_refuse)
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{path}: expected {expected}, got {type(error).__name__}") from None
    if not isinstance(found, kind):
        raise ArgumentError(f"{path}: expected {expected}, got {type(found).__name__}")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
