"""Commands that make a report, or draw the figures of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from experiments.commands.screen import print_summary, print_verdicts
from experiments.commands.work import (
    Coordinator,
    Count,
    Distributed,
    Planned,
    Rank,
    Scheduler,
    Workers,
    crew_of,
    join,
    print_plan,
)
from experiments.compilation import keep_programs
from experiments.progress import console
from experiments.report import check, passed, planned, reproduce
from experiments.results.files import PAGE, require_files
from experiments.results.record import Row
from experiments.results.table import read_rows
from experiments.studies import Preset
from experiments.training.hosts import follows
from figures import FigureError, draw_all, require_room
from figures.figure import render_all, write_all
from figures.page import draw_report, remove_page, write_page
from figures.style import SUFFIXES
from proofs_check import Verdict
from scm.arguments import ArgumentError

Verbose = tyro.conf.FlagCreatePairsOff[bool]

Claims = tyro.conf.UseAppendAction[tuple[tuple[str, ...], ...]]
"""Ids of claims, some after each mention of the option."""


@dataclass(frozen=True)
class Check:
    """Check claims exactly, by closed forms and enumeration; trains nothing.

    Writes verdicts.json, results.csv, figures/ and report.html into a folder and prints what was
    found on one screen. Exit code 0 if all claims and controls hold, 1 if one does not, 2 on bad
    usage, 3 if the program fails.
    """

    only: Claims = ()
    """Claims to check, e.g. T6; all by default. See `tokenscm list`."""
    out: Path = Path("checks")
    """Folder for the results."""
    verbose: Verbose = False
    """Print every verdict instead of a line for each statement."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if ``only`` names no claim or an unknown one, or the folder cannot
                hold the results.
        """
        only = _named(self.only)
        keep_programs()
        require_room(self.out / "figures")
        return _report(check(self.out, only), self.out, draw_report, verbose=self.verbose)


@dataclass(frozen=True)
class Reproduce:
    """Check, train, probe and judge: every claim beside its prediction, with figures.

    Writes verdicts.json, results.csv, manifest.json, figures/ and report.html into a folder, exact
    checks and their figures first, and prints what was found on one screen. Exit code 0 if all
    claims and controls hold, 1 if one does not, 2 on bad usage, 3 if the program fails. What is
    complete in the folder is not computed again, so a killed run can simply be started again.
    Whenever a study has all its rows, its verdicts and its figure are there.
    Compiled programs are kept in the user's cache folder, or in that which the environment variable
    TOKENSCM_CACHE names; if that is empty, nowhere.
    """

    preset: Preset = "quick"
    """quick: thin grids, one or two seeds, some ten minutes on two cores. full: whole grids, three
    to five seeds, an hour there. `tokenscm doctor` tells the speed, `--plan` what is left."""
    only: Claims = ()
    """Claims to check, e.g. T2; all by default. See `tokenscm list`."""
    out: Path = Path("results")
    """Folder for the results."""
    force: bool = False
    """Compute everything again, whatever the folder holds."""
    verbose: Verbose = False
    """Print every verdict instead of a line for each statement."""
    plan: Planned = False
    workers: Workers = None
    scheduler: Scheduler = None
    distributed: Distributed = False
    coordinator: Coordinator = None
    rank: Rank = None
    count: Count = None

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if ``only`` names no claim or an unknown one, the folder cannot hold the
                results or holds damaged ones, a batch does not divide over the devices, or workers
                or other processes cannot be had.
            NonFiniteLossError: if training diverges.
            WorkersLostError: if workers die at one task again and again.
        """
        only = _named(self.only)
        keep_programs()
        join(self.distributed, self.coordinator, self.rank, self.count)
        crew = crew_of(self.workers, self.scheduler)
        if self.plan:
            print_plan(planned(self.out, self.preset, only, self.force))
            return 0
        figures = self.out / "figures"
        require_room(figures)

        rendered: dict[str, Mapping[str, bytes]] = {}

        def draw(rows: Sequence[Row], drawn: Sequence[str]) -> None:
            # A page is of all rows, so it waits for the last, and shows what was drawn till then.
            remove_page(self.out)
            # What cannot be drawn is said at the end, once the verdicts are printed.
            with suppress(FigureError):
                new = dict(render_all(rows, (*SUFFIXES, "svg")))
                written = write_all(new, figures, drawn=drawn)
                rendered.update(new)
                if written and not drawn:
                    console.print(
                        f"first results are in {self.out}, as {written[0]}", soft_wrap=True
                    )

        verdicts = reproduce(self.out, self.preset, only, self.force, crew=crew, draw=draw)
        if follows():
            return 0
        finish = partial(write_page, rendered=rendered)
        return _report(verdicts, self.out, finish, verbose=self.verbose)


@dataclass(frozen=True)
class Figures:
    """Draw all figures of a results folder again, from its saved rows; trains nothing."""

    directory: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
    """Folder that `tokenscm reproduce` or `tokenscm check` wrote."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if the folder holds no complete rows of a report, or cannot hold figures.
        """
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
class Report:
    """Write report.html again, the page of a folder of results; trains nothing.

    One file that needs no other: what was found, each statement with its mathematics, figures and
    verdicts, and what computed them.
    """

    directory: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
    """Folder that `tokenscm reproduce`, `check`, `sweep`, `captions`, `probe` or `corpus` wrote."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if the folder holds no results, or damaged ones, or cannot hold a page.
        """
        require_files("directory", self.directory / PAGE)
        try:
            print(write_page(self.directory))
        except FigureError as error:
            raise ArgumentError(
                f"{self.directory}: expected complete rows of a report, got rows of which {error}"
            ) from error
        return 0


def _named(only: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The claims after all mentions of the option, each once."""
    if () in only:
        raise ArgumentError("only: expected at least one claim, got none")
    return tuple(dict.fromkeys(claim for mention in only for claim in mention))


def _report(
    verdicts: Sequence[Verdict], out: Path, draw: Callable[[Path], object], *, verbose: bool
) -> int:
    """Print verdicts and draw rows, both of which are written; returns the exit code."""
    try:
        (print_verdicts if verbose else print_summary)(verdicts)
    finally:
        # Also where nobody reads the table.
        draw(out)
    print(f"report: {out / PAGE}")
    return 0 if passed(verdicts) else 1
