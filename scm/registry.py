"""Things found by name: worlds, encoders, claims, studies, figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Generic, TypeVar

from scm.arguments import ArgumentError

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
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}

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


class ConfigRegistry(Registry[C]):
    """A registry of classes that stand in configs, of worlds or encoders for example.

    What is stored of a config names each class by its kind and name here, wherever it is defined,
    and only registered classes are built again from what was stored.
    """

    _every: ClassVar[list[ConfigRegistry]] = []

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self._versions: dict[str, int] = {}
        ConfigRegistry._every.append(self)

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
        self._versions[name] = version
        return entry

    @classmethod
    def named(cls) -> Iterator[tuple[str, type, int]]:
        """Every class of every such registry: its full name ``kind/name``, itself, its version."""
        for registry in cls._every:
            for name, entry in registry.items():
                yield f"{registry.kind}/{name}", entry, registry._versions.get(name, 1)


CONFIGS: ConfigRegistry[type] = ConfigRegistry("config")
"""Classes of configs that have no list of their own: wrappers of worlds, parts of other configs."""
