"""Things found by name: worlds, encoders, claims, studies, figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from scm.checks import ArgumentError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A mapping from names to objects of one kind, open to registration from any package.

    >>> shapes = Registry[int]("shape")
    >>> shapes.register("triangle", 3)
    3
    >>> shapes["square"]
    Traceback (most recent call last):
    scm.checks.ArgumentError: shape: expected one of triangle, got 'square'
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}

    def register(self, name: str, entry: T) -> T:
        """Add ``entry`` under ``name`` and return it.

        Raises:
            ArgumentError: if another entry has that name.
        """
        if self._entries.get(name, entry) is not entry:
            raise ArgumentError(f"{self.kind}: expected a name that is not taken, got {name!r}")
        self._entries[name] = entry
        return entry

    def __getitem__(self, name: str) -> T:
        if name not in self._entries:
            raise ArgumentError(
                f"{self.kind}: expected one of {', '.join(self._entries)}, got {name!r}"
            )
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
