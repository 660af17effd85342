"""What is said to a terminal: results, and progress of long work with the time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from experiments.training.loop import Report


class Output(Console):
    """A console that leaves a pipe that nobody reads to the command line, as `print` does."""

    def on_broken_pipe(self) -> None:
        """Raise, where rich would exit with 1, the code for a claim that does not hold."""
        raise BrokenPipeError


console = Output(stderr=True)
"""Where progress goes; standard output is for results."""


@contextmanager
def training_bar(description: str, steps: int) -> Iterator[Report]:
    """A bar over training steps, to be handed to `experiments.training.loop.train` as its report.

    Where there is no terminal it is silent.

    Args:
        description: what is trained.
        steps: steps in all, summed over seeds.
    """
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.3f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(description, total=steps, loss=float("nan"))

        def report(done: int, loss: float) -> None:
            progress.update(task, advance=done, loss=loss)

        yield report
