"""Units: the pieces of a report that are computed once and kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.files import writable_directory, write_atomically
from scm.checks import ArgumentError

FORMAT = "token-scm unit 1"


@dataclass(frozen=True)
class Units:
    """A folder of units, one JSON file each, named by kind and hash.

    Attributes:
        directory: the folder; it must exist before something is saved.
    """

    directory: Path

    @classmethod
    def create(cls, report: str | Path) -> Units:
        """The units of a report's folder, which is made if it is not there.

        Raises:
            ArgumentError: if the folder cannot be written to.
        """
        return cls(writable_directory("out", writable_directory("out", Path(report)) / "units"))

    def path(self, kind: str, key: str) -> Path:
        """Where the unit is or would be."""
        return self.directory / f"{kind}-{key}.json"

    def load(self, kind: str, key: str) -> Any | None:
        """The payload, or None if there is no such unit.

        Raises:
            ArgumentError: if the file is truncated, damaged or foreign.
        """
        path = self.path(kind, key)
        if not path.exists():
            return None
        try:
            unit = json.loads(path.read_text())
        except (OSError, ValueError):
            unit = None
        if not isinstance(unit, dict):
            unit = {}
        named = (unit.get("format"), unit.get("kind"), unit.get("key"))
        if named != (FORMAT, kind, key) or unit.get("sha256") != _digest(unit.get("payload")):
            raise ArgumentError(
                f"{path}: expected a complete unit of this report, got a truncated or foreign "
                "file; delete it"
            )
        return unit["payload"]

    def save(self, kind: str, key: str, payload: Any) -> None:
        """Write a unit, atomically."""
        unit = {"format": FORMAT, "kind": kind, "key": key, "sha256": _digest(payload)}
        text = json.dumps(unit | {"payload": payload}, indent=1)
        write_atomically(self.path(kind, key), lambda path: path.write_text(text + "\n"))


def _digest(payload: Any) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
