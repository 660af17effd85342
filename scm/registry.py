"""Things found by name: worlds, encoders, claims, studies, figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Generic, TypeVar

from scm.arguments import ArgumentError, expected_choice

T = TypeVar("T")
C = TypeVar("C", bound=type)


class Registry(Mapping[str, T], Generic[T]):
    """A mapping from names to objects of one kind, open to registration from any package.

    >>> shapes = Registry[int]("shape")
    >>> shapes.register("triangle", 3)
    3
    >>> shapes["square"]
    Traceback (most recent call last):
    scm.arguments.ArgumentError: shape: expected one of triangle, got 'square'

    A distribution that is installed registers by an entry point, see `scm.plugins.load_plugins`.

    Args:
        kind: what an entry is, as messages call it.
        group: the group of entry points that register here, ``token_scm.worlds`` for example;
            None for a registry that is closed to them.

    Attributes:
        kind: see above.
        group: see above.
    """

    every: ClassVar[list[Registry]] = []
    """Every registry, in the order in which they were made."""

    def __init__(self, kind: str, group: str | None = None) -> None:
        self.kind = kind
        self.group = group
        self._entries: dict[str, T] = {}
        Registry.every.append(self)

    def register(self, name: str, entry: T) -> T:
        """Add ``entry`` under ``name`` and return it.

        Args:
            name: unique in this registry.
            entry: what it names.

        Raises:
            ArgumentError: if another entry has that name.
        """
        if self._entries.get(name, entry) is not entry:
            raise ArgumentError(f"{self.kind}: expected a name that is not taken, got {name!r}")
        self._entries[name] = entry
        return entry

    @contextmanager
    def scope(self, entries: Mapping[str, T] | None = None) -> Iterator[None]:
        """What is registered in a ``with`` block is there until its end, for tests for example.

        >>> shapes = Registry[int]("shape")
        >>> with shapes.scope({"square": 4}):
        ...     list(shapes)
        ['square']
        >>> list(shapes)
        []

        Args:
            entries: what the block finds, in place of what is registered; None for the same.
        """
        kept = self._entries
        self._entries = dict(kept if entries is None else entries)
        try:
            yield
        finally:
            self._entries = kept

    def __getitem__(self, name: str) -> T:
        if name not in self._entries:
            raise ArgumentError(f"{self.kind}: {expected_choice(name, tuple(self._entries))}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class ConfigRegistry(Registry[C]):
    """A registry of classes that stand in configs, of worlds or encoders for example.

    What is stored of a config names each class by its kind and name here, wherever it is defined,
    and only registered classes are built again from what was stored.
    """

    def __init__(self, kind: str, group: str | None = None) -> None:
        super().__init__(kind, group)
        self._versions: dict[C, int] = {}

    def register(self, name: str, entry: C, version: int = 1) -> C:
        """Add ``entry`` under ``name`` and return it.

        Args:
            name: unique in this registry.
            entry: the class.
            version: raised by hand when the same settings come to mean something else, so that
                what was stored before is not taken for it.

        Raises:
            ArgumentError: if another entry has that name.
        """
        super().register(name, entry)
        self._versions[entry] = version
        return entry

    @contextmanager
    def scope(self, entries: Mapping[str, C] | None = None) -> Iterator[None]:
        """See `Registry.scope`; a class that is new in ``entries`` is of version 1."""
        kept = self._versions
        self._versions = dict(kept)
        try:
            with super().scope(entries):
                yield
        finally:
            self._versions = kept

    @classmethod
    def named(cls) -> Iterator[tuple[str, type, int]]:
        """Every class of every such registry: its full name ``kind/name``, itself, its version."""
        for registry in Registry.every:
            if isinstance(registry, ConfigRegistry):
                for name, entry in registry.items():
                    yield f"{registry.kind}/{name}", entry, registry._versions.get(entry, 1)


CONFIGS: ConfigRegistry[type] = ConfigRegistry("config", "token_scm.configs")
"""Classes of configs that have no list of their own: wrappers of worlds, parts of other configs."""
