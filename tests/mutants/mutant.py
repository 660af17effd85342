"""Mutants: a construction or a formula, broken in one place, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """What breaks, and the tests that should notice.

    Attributes:
        name: what is broken, in words.
        file: the source file, from the root of the repository.
        old: what is there, once.
        new: what is there instead.
        tests: ids of tests, files or parts of them.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def source(self) -> bytes:
        """The broken source.

        Raises:
            ValueError: if the file does not hold the old text exactly once.
        """
        text = (ROOT / self.file).read_text(encoding="utf-8")
        count = text.count(self.old)
        if count != 1:
            raise ValueError(f"{self.name}: expected {self.old!r} once in {self.file}, got {count}")
        return text.replace(self.old, self.new).encode()

    def plant(self) -> list[str]:
        """Break the module for this process, which must not have imported it.

        Returns:
            A list that will hold the module's path once it is imported.
        """
        broken, imported = self.source(), []
        file = ROOT / self.file
        read, stats = SourceFileLoader.get_data, SourceFileLoader.path_stats

        def get_data(self: SourceFileLoader, path: str) -> bytes:
            if Path(path) != file:
                return read(self, path)
            imported.append(path)
            return broken

        def path_stats(self: SourceFileLoader, path: str) -> Mapping[str, Any]:
            # Without them no compiled module is read or written.
            if Path(path) == file:
                raise OSError
            return stats(self, path)

        SourceFileLoader.get_data, SourceFileLoader.path_stats = get_data, path_stats
        return imported
