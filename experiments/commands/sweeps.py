"""Commands that vary the settings of a study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from experiments.commands.work import Planned, Scheduler, Workers, crew_of, print_plan
from experiments.compilation import keep_programs
from experiments.configs.toml import read_toml, to_toml
from experiments.studies import STUDIES
from experiments.sweep import planned_sweep, sweep
from experiments.training.config import TrainingConfig
from figures.page import remove_page, write_page
from figures.sweep import draw_sweep

StudyName = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="STUDY")]


@dataclass(frozen=True)
class Config:
    """Print the base setting of a study as TOML, each setting with what it means.

    Example: tokenscm config sentence > mine.toml; tokenscm sweep sentence --config mine.toml
    """

    study: StudyName
    """Which study's; see `tokenscm list`."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: for an unknown study, or one that trains nothing.
        """
        config = STUDIES[self.study].base().trained.config
        print(f"# tokenscm sweep {self.study} --config FILE\n{to_toml(config)}", end="")
        return 0


@dataclass(frozen=True)
class Sweep:
    """Explore any setting of a study's world or training; writes sweep.csv, sweep.png, report.html.

    Examples: tokenscm sweep sentence --grid world.law=independent,dag --grid steps=500,2000;
    tokenscm sweep failure --grid images.salience=0:1:0.25;
    tokenscm sweep composition --grid text_encoder=bag_of_words,text_transformer;
    tokenscm sweep sentence --grid optimizer.learning_rate=log:1e-3:1e-1:5
    """

    study: StudyName
    """Whose measurements to make; see `tokenscm list`."""
    grid: tyro.conf.UseAppendAction[tuple[str, ...]] = ()
    """NAME=V1,V2: a setting by its dotted name (world.law, steps, embedding_size,
    optimizer.learning_rate, ...) and its values; repeat for a product of grids. Values may be a
    range, FIRST:LAST:STEP or log:FIRST:LAST:COUNT, lists in brackets, or registered names of
    encoders and images; see `tokenscm config STUDY` for all settings."""
    config: Path | None = None
    """TOML file of what is varied, as `tokenscm config` prints it; the study's base setting if
    there is none."""
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
            ArgumentError: for what cannot be swept, see `experiments.sweep.sweep`; a file that
                describes no training; or workers that cannot be had.
        """
        crew = crew_of(self.workers, self.scheduler)
        config = None if self.config is None else read_toml(self.config, TrainingConfig)
        if self.plan:
            print_plan(planned_sweep(self.study, self.grid, self.seeds, self.out, config=config))
            return 0
        keep_programs()
        rows, names = sweep(self.study, self.grid, self.seeds, self.out, config=config, crew=crew)
        print(self.out / "sweep.csv")
        remove_page(self.out)
        for path in (*draw_sweep(rows, names, self.out), write_page(self.out)):
            print(path)
        return 0
