"""What each command of ``tokenscm`` takes and does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.table import Table

from experiments.bench import bench
from experiments.check import check
from experiments.encoders import ENCODERS
from experiments.progress import Output
from experiments.reproduce import as_text, passed, reproduce
from experiments.results.sheets import VectorPairs, captions, show
from experiments.results.table import read_rows
from experiments.studies import EXACT_STUDIES, STUDIES, Preset
from experiments.sweep import sweep
from figures import FIGURES, FigureError, draw_all, remove_all, require_room
from figures.sweep import draw_sweep
from figures.world_sheet import draw_world_sheet
from proofs_check import CLAIMS, Verdict
from scm import OPERATORS, WORLDS
from scm.arguments import ArgumentError, require
from scm.version import VERSION

Claims = tyro.conf.UseAppendAction[tuple[tuple[str, ...], ...]]
"""Ids of claims, some after each mention of the option."""


@dataclass(frozen=True)
class Check:
    """Check claims exactly, by closed forms and enumeration; trains nothing.

    Writes verdicts.json, results.csv and figures/ into a folder and prints a table. Exit code 0 if
    all claims and controls hold, 1 if one does not, 2 on bad usage, 3 if the program fails.
    """

    only: Claims = ()
    """Claims to check, e.g. T6; all by default. See `tokenscm list`."""
    out: Path = Path("checks")
    """Folder for the results."""

    def run(self) -> int:
        """Returns the exit code."""
        only = _named(self.only)
        require_room(self.out / "figures")
        return _report(check(self.out, only), self.out)


@dataclass(frozen=True)
class Reproduce:
    """Check, train, probe and judge: every claim beside its prediction, with figures.

    Writes verdicts.json, results.csv, manifest.json and figures/ into a folder and prints a table.
    Exit code 0 if all claims and controls hold, 1 if one does not, 2 on bad usage, 3 if the program
    fails. What is complete in the folder is not computed again, so a killed run can simply be
    started again.
    """

    preset: Preset = "quick"
    """quick: thin grids, one or two seeds, some 17 minutes on two cores. full: whole grids,
    three to five seeds, an hour and a half there."""
    only: Claims = ()
    """Claims to check, e.g. T2; all by default. See `tokenscm list`."""
    out: Path = Path("results")
    """Folder for the results."""
    force: bool = False
    """Compute everything again, whatever the folder holds."""

    def run(self) -> int:
        """Returns the exit code."""
        only = _named(self.only)
        require_room(self.out / "figures")
        return _report(reproduce(self.out, self.preset, only, self.force), self.out)


@dataclass(frozen=True)
class Figures:
    """Draw all figures of a results folder again, from its saved rows; trains nothing."""

    directory: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
    """Folder that `tokenscm reproduce` or `tokenscm check` wrote."""

    def run(self) -> int:
        """Returns the exit code."""
        source, directory = self.directory / "results.csv", self.directory / "figures"
        rows = read_rows(source)
        require_room(directory)
        try:
            written = draw_all(rows, directory)
        except FigureError as error:
            raise ArgumentError(
                f"{source}: expected complete rows of a report, got rows of which {error}"
            ) from error
        for path in written:
            print(path)
        return 0


@dataclass(frozen=True)
class Version:
    """Print the version."""

    def run(self) -> int:
        """Returns the exit code."""
        print(f"tokenscm {VERSION}")
        return 0


@dataclass(frozen=True)
class List:
    """Name the worlds, operators, encoders, claims, studies and figures there are."""

    def run(self) -> int:
        """Returns the exit code."""
        for title, names in (
            ("worlds", WORLDS),
            ("operators", OPERATORS),
            ("encoders", ENCODERS),
            ("figures", FIGURES),
        ):
            print(f"{title}: {', '.join(names)}")
        for title, described in (
            ("claims", {claim.id: claim.statement for claim in CLAIMS.values()}),
            ("exact studies", {study.name: study.title for study in EXACT_STUDIES.values()}),
            ("studies", {study.name: study.title for study in STUDIES.values()}),
        ):
            print(f"{title}:")
            for name, text in described.items():
                print(f"  {name}  {text}")
        return 0


@dataclass(frozen=True)
class Sweep:
    """Explore any setting of a study's world or training; writes sweep.csv and sweep.png.

    Example: tokenscm sweep sentence --grid world.law=independent,dag --grid steps=500,2000
    """

    study: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="STUDY")]
    """Which study's base setting to vary; see `tokenscm list`."""
    grid: tyro.conf.UseAppendAction[tuple[str, ...]]
    """NAME=V1,V2: a setting by its dotted name (world.law, world.style_change, steps, batch_size,
    embedding_size, optimizer.learning_rate, ...) and its values; repeat for a product of grids."""
    seeds: int = 1
    """Number of seeds."""
    out: Path = Path("sweeps")
    """Folder for the results."""

    def run(self) -> int:
        """Returns the exit code."""
        rows, names = sweep(self.study, self.grid, self.seeds, self.out)
        print(self.out / "sweep.csv")
        for path in draw_sweep(rows, names, self.out):
            print(path)
        return 0


@dataclass(frozen=True)
class Show:
    """Look at a world: writes WORLD.png, a sheet of pairs of image and text, and prints captions.

    Example: tokenscm show scenes --operators
    """

    world: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="WORLD")]
    """Which world to look at; see `tokenscm list`."""
    n: int = 8
    """Number of pairs."""
    operators: tyro.conf.FlagCreatePairsOff[bool] = False
    """Also what operators make of each pair: all hard negatives in words, and one of each operator
    as an image."""
    seed: int = 0
    """Seed of the world and its pairs."""
    out: Path = Path("sheets")
    """Folder for the sheet."""

    def run(self) -> int:
        """Returns the exit code."""
        sheet = show(self.world, self.n, self.seed, self.operators)
        path = draw_world_sheet(sheet, self.world, self.out)
        if not isinstance(sheet, VectorPairs):
            print(*captions(sheet), sep="\n")
        elif self.operators:
            print(
                f"Operators act on words, of which world {self.world} has none: "
                "see `tokenscm show scenes --operators`."
            )
        print(path)
        return 0


@dataclass(frozen=True)
class Bench:
    """Measure speed: the reference workload's step, and the time to reach R2 of 0.98 and 0.99.

    Takes a few minutes on two cores.
    """

    out: Path | None = None
    """File for the numbers, as JSON."""

    def run(self) -> int:
        """Returns the exit code."""
        bench(self.out)
        return 0


Command = (
    Annotated[Check, tyro.conf.subcommand("check")]
    | Annotated[Reproduce, tyro.conf.subcommand("reproduce")]
    | Annotated[Figures, tyro.conf.subcommand("figures")]
    | Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Sweep, tyro.conf.subcommand("sweep")]
    | Annotated[Show, tyro.conf.subcommand("show")]
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


def _named(only: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The claims after all mentions of the option, each once."""
    if () in only:
        raise ArgumentError("only: expected at least one claim, got none")
    return tuple(dict.fromkeys(claim for mention in only for claim in mention))


def _report(verdicts: Sequence[Verdict], out: Path) -> int:
    """Print verdicts and draw rows, both of which are written; returns the exit code."""
    try:
        _print_verdicts(verdicts)
    finally:
        # Also where nobody reads the table.
        remove_all(out / "figures")
        draw_all(read_rows(out / "results.csv"), out / "figures")
    return 0 if passed(verdicts) else 1


def _print_verdicts(verdicts: Sequence[Verdict]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "kind", "setting", "metric", "measured", "predicted", "95 %", ""):
        table.add_column(heading, justify="right" if heading == "measured" else "left")
    for verdict in verdicts:
        table.add_row(*as_text(verdict))
    output = Output()
    if not output.is_terminal:
        output.width = 160
    output.print(table, highlight=False)
    evidence = [verdict for verdict in verdicts if verdict.kind in ("claim", "control")]
    identities = [verdict for verdict in verdicts if verdict.kind == "identity"]
    summary = f"{_held(evidence)} claims and controls hold"
    if identities:
        summary += f", and {_held(identities)} identities, which test the code"
    output.print(summary, highlight=False)


def _held(verdicts: list[Verdict]) -> str:
    return f"{sum(verdict.holds for verdict in verdicts)} of {len(verdicts)}"
