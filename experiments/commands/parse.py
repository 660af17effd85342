"""From the arguments of ``tokenscm`` to the command they say."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Protocol, Union, cast, runtime_checkable

import tyro

from scm.arguments import ArgumentError, require, require_choice

COMMANDS = {
    "check": "reports:Check",
    "reproduce": "reports:Reproduce",
    "figures": "reports:Figures",
    "report": "reports:Report",
    "compare": "compare:Compare",
    "list": "look:List",
    "config": "sweeps:Config",
    "sweep": "sweeps:Sweep",
    "show": "look:Show",
    "captions": "captions:Captions",
    "probe": "probe:Probe",
    "corpus": "corpora:Corpora",
    "negatives": "negatives:Negatives",
    "explore": "notebooks:Explore",
    "bench": "look:Bench",
    "doctor": "doctor:Doctor",
}
"""Commands by name: the module of this folder where each stands, which is imported when it is asked
for, and its class."""


@runtime_checkable
class Command(Protocol):
    """What a user asks for: a dataclass, each field an option."""

    def run(self) -> int:
        """Do it; returns the exit code."""
        ...


DESCRIPTION = (
    "token-scm: a simulator that verifies the theory of contrastive vision-language learning."
)

REPEATABLE = ("--only", "--grid")
"""Options whose mentions add up. Of any other, the last would silently override the first."""


def load(arguments: Sequence[str]) -> dict[str, type[Command]]:
    """The commands that arguments may speak of: the one that they name, or else all.

    Args:
        arguments: of ``tokenscm``.

    Raises:
        ArgumentError: for a name that is none of theirs.
    """
    named = [argument for argument in arguments[:1] if not argument.startswith("-")]
    for name in named:
        require_choice("command", name, COMMANDS)
    return {name: _class_of(COMMANDS[name]) for name in named or COMMANDS}


def parse(commands: Mapping[str, type[Command]], arguments: Sequence[str]) -> Command:
    """The command that the arguments of ``tokenscm`` say.

    Args:
        commands: see `load`.
        arguments: of ``tokenscm``.

    Raises:
        ArgumentError: for an option that is given twice, or the home directory of nobody.
        SystemExit: where they ask for help, or do not parse; what is to be said is printed.
    """
    (name, first), *others = commands.items()
    if others:
        named = [Annotated[one, tyro.conf.subcommand(name)] for name, one in commands.items()]
        kind, program, rest = Union[tuple(named)], "tokenscm", arguments  # noqa: UP007
    else:
        kind, program, rest = first, f"tokenscm {name}", arguments[1:]
    command: Any = tyro.cli(
        cast(type, kind),
        prog=program,
        description=None if not others else DESCRIPTION,
        args=rest,
        config=(tyro.conf.OmitArgPrefixes,),
    )
    options = [argument.partition("=")[0] for argument in arguments if argument.startswith("--")]
    for option in options:
        once = option in REPEATABLE or options.count(option) == 1
        require(once, option.lstrip("-"), "one value", f"{options.count(option)} of them")
    paths = {
        field.name: _at_home(field.name, getattr(command, field.name))
        for field in dataclasses.fields(command)
        if isinstance(getattr(command, field.name), Path)
    }
    return dataclasses.replace(command, **paths)


def _at_home(argument: str, path: Path) -> Path:
    """A path, with the home directory in place of a leading ``~`` that the shell has left."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ArgumentError(
            f"{argument}: expected the home directory of a user, got {str(path)!r}"
        ) from None


def _class_of(place: str) -> type[Command]:
    module, _, name = place.partition(":")
    return getattr(import_module(f"experiments.commands.{module}"), name)
