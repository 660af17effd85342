"""The command line: ``tokenscm``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table

from experiments.bench import bench
from experiments.check import check
from experiments.encoders import ENCODERS
from experiments.reproduce import as_text, passed, reproduce
from experiments.rows import read_rows
from experiments.show import VectorPairs, captions, show
from experiments.studies import EXACT_STUDIES, STUDIES, Preset
from experiments.sweep import sweep
from experiments.training import NonFiniteLossError
from figures import FIGURES, draw_all
from figures.sweep import draw_sweep
from figures.world_sheet import draw_world_sheet
from proofs_check import CLAIMS, Verdict
from scm import OPERATORS, WORLDS
from scm.checks import ArgumentError
from scm.version import VERSION


@dataclass(frozen=True)
class Check:
    """Check claims exactly, by closed forms and enumeration; trains nothing.

    Writes verdicts.json, results.csv and figures/ into a folder and prints a table. Exit code 0 if
    all claims and controls hold, 1 if one does not, 2 on bad usage.
    """

    only: tuple[str, ...] = ()
    """Claims to check, e.g. T6; all by default. See `tokenscm list`."""
    out: Path = Path("checks")
    """Folder for the results."""

    def run(self) -> int:
        """Returns the exit code."""
        verdicts = check(self.out, self.only)
        draw_all(read_rows(self.out / "results.csv"), self.out / "figures")
        _print_verdicts(verdicts)
        return 0 if passed(verdicts) else 1


@dataclass(frozen=True)
class Reproduce:
    """Check, train, probe and judge: every claim beside its prediction, with figures.

    Writes verdicts.json, results.csv, manifest.json and figures/ into a folder and prints a table.
    Exit code 0 if all claims and controls hold, 1 if one does not, 2 on bad usage. What is
    complete in the folder is not computed again, so a killed run can simply be started again.
    """

    preset: Preset = "quick"
    """quick: thin grids, one or two seeds, some 17 minutes on two cores. full: whole grids,
    three to five seeds, an hour and a half there."""
    only: tuple[str, ...] = ()
    """Claims to check, e.g. T2; all by default. See `tokenscm list`."""
    out: Path = Path("results")
    """Folder for the results."""
    force: bool = False
    """Compute everything again, whatever the folder holds."""

    def run(self) -> int:
        """Returns the exit code."""
        verdicts = reproduce(self.out, self.preset, self.only, self.force)
        draw_all(read_rows(self.out / "results.csv"), self.out / "figures")
        _print_verdicts(verdicts)
        return 0 if passed(verdicts) else 1


@dataclass(frozen=True)
class Figures:
    """Draw all figures of a results folder again, from its saved rows; trains nothing."""

    directory: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
    """Folder that `tokenscm reproduce` or `tokenscm check` wrote."""

    def run(self) -> int:
        """Returns the exit code."""
        rows = read_rows(self.directory / "results.csv")
        for path in draw_all(rows, self.directory / "figures"):
            print(path)
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
        for path in draw_sweep(rows, names, self.out):
            print(path)
        print(self.out / "sweep.csv")
        return 0


@dataclass(frozen=True)
class Show:
    """Look at a world: writes WORLD.png, a sheet of pairs of image and text, and prints captions.

    Example: tokenscm show scenes --operators
    """

    world: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="WORLD")]
    """Which world: sentence, tokens or scenes; see `tokenscm list`."""
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


def main() -> None:
    """Entry point of the console script."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"tokenscm {VERSION}")
        return
    command = tyro.cli(
        Command,
        prog="tokenscm",
        description="token-scm: a simulator that verifies the theory of contrastive "
        "vision-language learning.",
        args=arguments,
        config=(tyro.conf.OmitArgPrefixes,),
    )
    try:
        code = command.run()
    except (ArgumentError, NonFiniteLossError) as error:
        print(f"tokenscm: {error}", file=sys.stderr)
        code = 2
    sys.exit(code)


def _print_verdicts(verdicts: list[Verdict]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "kind", "setting", "metric", "measured", "predicted", "95 %", ""):
        table.add_column(heading, justify="right" if heading == "measured" else "left")
    for verdict in verdicts:
        table.add_row(*as_text(verdict))
    output = Console()
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
