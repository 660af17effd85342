"""Plugins: what installed distributions register by entry points."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from scm.registry import Registry


def load_plugins() -> list[str]:
    """Register what installed distributions offer, and say what of it cannot be.

    A registry names its group of entry points. A distribution that has in its ``pyproject.toml`` ::

        [project.entry-points."token_scm.worlds"]
        mine = "my_package.worlds:MyConfig"

    registers ``MyConfig`` as the world "mine", and so for ``token_scm.operators``, ``encoders``,
    ``objectives``, ``images``, ``configs``, ``claims``, ``studies`` and ``figures``. The command
    line calls this before it reads its arguments. A script calls it once it has imported what it
    uses: only registries that are there are filled, and importing a package of ours loads no
    plugin. What is already registered stays as it is.

    Returns:
        A sentence for each entry point that cannot be loaded or is refused, with its distribution
        and the reason. The others are registered all the same.
    """
    failures = []
    offered = entry_points()
    for registry in Registry.every:
        for entry_point in offered.select(group=registry.group) if registry.group else ():
            try:
                _register(registry, entry_point)
            except Exception as error:  # Whatever a plugin raises, the rest works without it.
                (said, *_) = str(error).splitlines() or ("",)
                failures.append(
                    f"{registry.kind} {entry_point.name}: expected what "
                    f"{_distribution(entry_point)} registers by its entry point "
                    f"{entry_point.value!r}, got {type(error).__name__}: {said}"
                )
    return failures


def _register(registry: Registry, entry_point: EntryPoint) -> None:
    name, entry = entry_point.name, entry_point.load()
    # Loading may have registered it, with a version of its own.
    if name not in registry or registry[name] is not entry:
        registry.register(name, entry)


def _distribution(entry_point: EntryPoint) -> str:
    """The distribution that an entry point belongs to, as packages are named."""
    return f"distribution {entry_point.dist.name}" if entry_point.dist else "a distribution"
