"""From the arguments of ``tokenscm`` to the command they say."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro

from experiments.commands.captions import Captions
from experiments.commands.corpora import Corpora
from experiments.commands.explore import Bench, List, Show, Sweep, Version
from experiments.commands.negatives import Negatives
from experiments.commands.probe import Probe
from experiments.commands.reports import Check, Figures, Report, Reproduce
from scm.arguments import ArgumentError, require

Command = (
    Annotated[Check, tyro.conf.subcommand("check")]
    | Annotated[Reproduce, tyro.conf.subcommand("reproduce")]
    | Annotated[Figures, tyro.conf.subcommand("figures")]
    | Annotated[Report, tyro.conf.subcommand("report")]
    | Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Sweep, tyro.conf.subcommand("sweep")]
    | Annotated[Show, tyro.conf.subcommand("show")]
    | Annotated[Captions, tyro.conf.subcommand("captions")]
    | Annotated[Probe, tyro.conf.subcommand("probe")]
    | Annotated[Corpora, tyro.conf.subcommand("corpus")]
    | Annotated[Negatives, tyro.conf.subcommand("negatives")]
    | Annotated[Bench, tyro.conf.subcommand("bench")]
)


REPEATABLE = ("--only", "--grid")
"""Options whose mentions add up. Of any other, the last would silently override the first."""


def parse(arguments: Sequence[str]) -> Command | Version:
    """The command that the arguments of ``tokenscm`` say.

    Raises:
        ArgumentError: for an option that is given twice, or the home directory of nobody.
        SystemExit: where they ask for help, or do not parse; what is to be said is printed.
    """
    if list(arguments) == ["--version"]:
        return Version()
    command = tyro.cli(
        Command,
        prog="tokenscm",
        description="token-scm: a simulator that verifies the theory of contrastive "
        "vision-language learning.",
        args=arguments,
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
