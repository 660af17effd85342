"""Commands that show what there is, and explore it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from experiments.bench import bench
from experiments.commands.work import Planned, Scheduler, Workers, crew_of, print_plan
from experiments.compilation import keep_programs
from experiments.encoders import ENCODERS
from experiments.results.sheets import VectorPairs, captions, images_of, show
from experiments.studies import STUDIES
from experiments.sweep import planned_sweep, sweep
from figures import FIGURES
from figures.page import remove_page, write_page
from figures.sweep import draw_sweep
from figures.world_sheet import draw_world_sheet
from proofs_check import CLAIMS
from scm import OPERATORS, WORLDS
from scm.version import VERSION


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
            ("studies", {study.name: study.title for study in STUDIES.values()}),
        ):
            print(f"{title}:")
            for name, text in described.items():
                print(f"  {name}  {text}")
        return 0


@dataclass(frozen=True)
class Sweep:
    """Explore any setting of a study's world or training.

    Writes sweep.csv, sweep.png and report.html.

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
    plan: Planned = False
    workers: Workers = None
    scheduler: Scheduler = None

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: for what cannot be swept, see `experiments.sweep.sweep`; or workers that
                cannot be had.
        """
        crew = crew_of(self.workers, self.scheduler)
        if self.plan:
            print_plan(planned_sweep(self.study, self.grid, self.seeds, self.out))
            return 0
        keep_programs()
        rows, names = sweep(self.study, self.grid, self.seeds, self.out, crew=crew)
        print(self.out / "sweep.csv")
        remove_page(self.out)
        for path in (*draw_sweep(rows, names, self.out), write_page(self.out)):
            print(path)
        return 0


@dataclass(frozen=True)
class Show:
    """Look at a world: writes WORLD.png, a sheet of pairs of image and text, and prints captions.

    Examples: tokenscm show scenes --operators; tokenscm show scenes --drift 1;
    tokenscm show scenes --salience 0.1
    """

    world: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="WORLD")]
    """Which world to look at; see `tokenscm list`."""
    n: int = 8
    """Number of pairs."""
    operators: tyro.conf.FlagCreatePairsOff[bool] = False
    """Also what operators make of each pair: all hard negatives in words, and one of each operator
    as an image."""
    drift: float | None = None
    """Of scenes in pixels: how far the row of objects may be moved over the canvas, in cells."""
    salience: float | None = None
    """Of scenes in vectors: how strongly an image shows where a word stands, beside which words
    there are. Codes of scenes are drawn beside those of the same phrases in the other order."""
    seed: int = 0
    """Seed of the world and its pairs."""
    out: Path = Path("sheets")
    """Folder for the sheet."""

    def run(self) -> int:
        """Returns the exit code."""
        images = images_of(self.world, self.drift, self.salience)
        sheet = show(self.world, self.n, self.seed, self.operators, images)
        path = draw_world_sheet(sheet, self.world, self.out)
        if not isinstance(sheet, VectorPairs):
            print(*captions(sheet), sep="\n")
        elif self.operators and not sheet.captions:
            print(
                f"Operators act on words, of which world {self.world} has none: "
                "see `tokenscm show scenes --operators`."
            )
        print(path)
        return 0


@dataclass(frozen=True)
class Bench:
    """Measure speed and memory on this machine, each printed as soon as it is measured.

    The reference simulation's step beside a matmul; the time of the default recipe to R2 of 0.98
    and 0.99; steps and images a second; seeds together and apart; what a study compiles; a step
    against the batch, up to 65,536 pairs. Takes some ten minutes on two cores.
    """

    out: Path | None = None
    """File for the numbers, as JSON."""
    peer: tyro.conf.FlagCreatePairsOff[bool] = False
    """Also the reference step in plain PyTorch, which must be installed, in turn with ours; takes
    three minutes more, and 6 GB."""

    def run(self) -> int:
        """Returns the exit code."""
        bench(self.out, peer=self.peer)
        return 0
