"""What is said to a terminal: results, and progress of long work with the time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Output(Console):
    """A console that leaves a pipe that nobody reads to the command line, as `print` does."""

    def on_broken_pipe(self) -> None:
        """Raise, where rich would exit with 1, the code for a claim that does not hold."""
        raise BrokenPipeError


console = Output(stderr=True)
"""Where progress goes; standard output is for results."""

SPEED = 600.0
"""Seconds over which speed is told: some settings compile for half a minute and do not move."""


class JobBar:
    """One bar over all settings of a job, each with a weight."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._done = 0.0

    def within(self, label: str, weight: float) -> None:
        """Move within settings that are being trained.

        Args:
            label: of the one at work.
            weight: what is done of those that are not finished.
        """
        self._progress.update(self._task, description=label, completed=self._done + weight)

    def finish(self, weight: float) -> None:
        """Move past a setting.

        Args:
            weight: the setting's.
        """
        self._done += weight
        self._progress.update(self._task, completed=self._done)


@contextmanager
def job_bar(weight: float) -> Iterator[JobBar]:
    """A bar over a whole job with the time left; silent where there is no terminal.

    Args:
        weight: of all its settings.
    """
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        speed_estimate_period=SPEED,
    ) as progress:
        yield JobBar(progress, progress.add_task("", total=weight))
