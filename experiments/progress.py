"""Progress of long work, with the time left; silent bars where there is no terminal."""

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

from experiments.training import Report

console = Console(stderr=True)
"""Where progress goes; standard output is for results."""


@contextmanager
def training_bar(description: str, steps: int) -> Iterator[Report]:
    """A bar over training steps, to be handed to `experiments.training.train` as its report.

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
