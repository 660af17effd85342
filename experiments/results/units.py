"""Units: the pieces of a report that are computed once and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from experiments.results.files import writable_directory, write_atomically
from experiments.results.provenance import provenance
from scm.arguments import ArgumentError

FORMAT = "token-scm unit 2"

Origin = Literal["loaded", "computed"]


@dataclass(frozen=True)
class Units:
    """A folder of units, one JSON file each, named by kind and hash.

    Several processes may fill one folder: a unit appears whole, and who looks for it finds it.

    Attributes:
        directory: the folder; it must exist before something is saved.
        used: the file name of every unit that was loaded or saved here, whether it was computed
            here, and what made it.
    """

    directory: Path
    used: dict[str, tuple[Origin, dict[str, Any]]] = field(default_factory=dict, compare=False)

    @classmethod
    def create(cls, report: str | Path) -> Units:
        """The units of a report's folder, which is made if it is not there.

        Raises:
            ArgumentError: if the folder cannot be written to.
        """
        directory = writable_directory("out", writable_directory("out", Path(report)) / "units")
        provenance()  # Before anything is computed: the checkout may change later.
        return cls(directory)

    def path(self, kind: str, key: str) -> Path:
        """Where the unit is or would be.

        Args:
            kind: what kind of unit, e.g. ``run``.
            key: hash of all that decides what is in it.
        """
        return self.directory / f"{kind}-{key}.json"

    def computed(self, kind: str, key: str) -> bool:
        """Whether the unit was computed by these units, not found.

        Args:
            kind: what kind of unit, e.g. ``run``.
            key: hash of all that decides what is in it.
        """
        origin, _ = self.used.get(self.path(kind, key).name, (None, None))
        return origin == "computed"

    def load(self, kind: str, key: str) -> Any | None:
        """The payload, or None if there is no such unit.

        Args:
            kind: what kind of unit, e.g. ``run``.
            key: hash of all that decides what is in it.

        Raises:
            ArgumentError: if the file is truncated, damaged or foreign.
        """
        path = self.path(kind, key)
        if not path.exists():
            return None
        unit = _whole(path, kind, key)
        if unit is None:
            raise ArgumentError(
                f"{path}: expected a complete unit of this report, got a truncated or foreign "
                "file; delete it"
            )
        self.used.setdefault(path.name, ("loaded", unit["provenance"]))
        return unit["payload"]

    def save(self, kind: str, key: str, payload: Any) -> None:
        """Write a unit, atomically, with the provenance of what this process computes.

        Args:
            kind: what kind of unit, e.g. ``run``.
            key: hash of all that decides what is in it.
            payload: what it holds, in values of JSON.
        """
        made_by = provenance()
        unit = {"format": FORMAT, "kind": kind, "key": key}
        unit |= {"provenance": made_by, "payload": payload}
        text = json.dumps(unit | {"sha256": _digest(unit)}, indent=1)
        path = self.path(kind, key)
        write_atomically(path, lambda temporary: temporary.write_text(text + "\n"))
        self.used[path.name] = ("computed", made_by)

    def payloads(self, kind: str) -> Iterator[Any]:
        """What the whole units of a kind hold; to look at them is not to use them.

        Args:
            kind: what kind of unit, e.g. ``run``.
        """
        for path in sorted(self.directory.glob(f"{kind}-*.json")):
            unit = _whole(path, kind, path.stem.removeprefix(f"{kind}-"))
            if unit is not None:
                yield unit["payload"]

    def absorb(self, used: Mapping[str, tuple[Origin, dict[str, Any]]], new: set[str]) -> None:
        """Take what a worker used, in the service of these units, as used here.

        Args:
            used: of the worker's units.
            new: file names of units that were not there before: also where this worker found one,
                it was computed by another.
        """
        for name, (origin, made_by) in used.items():
            if origin == "computed" or name in new:
                self.used[name] = ("computed", made_by)
            else:
                self.used.setdefault(name, (origin, made_by))

    def discard(self, kind: str, key: str) -> None:
        """Remove a unit that is no longer needed, where it is there.

        Args:
            kind: what kind of unit, e.g. ``progress``.
            key: hash of all that decides what is in it.
        """
        path = self.path(kind, key)
        path.unlink(missing_ok=True)
        if self.computed(kind, key):
            del self.used[path.name]

    def provenances(self) -> list[dict[str, Any]]:
        """The distinct provenances of all units used, each with the names of its units.

        Returns:
            Provenances, with the units of each under ``loaded`` and ``computed``.
        """
        found: dict[str, dict[str, Any]] = {}
        for name, (origin, made_by) in self.used.items():
            text = json.dumps(made_by, sort_keys=True)
            group = found.setdefault(text, made_by | {"loaded": [], "computed": []})
            group[origin].append(name)
        return list(found.values())


def _whole(path: Path, kind: str, key: str) -> dict[str, Any] | None:
    """The unit that a file holds; None if it is truncated, damaged or foreign."""
    try:
        unit = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    if not isinstance(unit, dict):
        return None
    named = (unit.get("format"), unit.get("kind"), unit.get("key"))
    return unit if named == (FORMAT, kind, key) and unit.get("sha256") == _digest(unit) else None


def _digest(unit: dict[str, Any]) -> str:
    content = [unit.get("provenance"), unit.get("payload")]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
