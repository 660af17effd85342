"""The command that says what changed between two folders of results."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.table import Table
from rich.text import Text

from experiments.compare import Change, Compared, compare
from experiments.progress import Output

MOST = 10
"""Changes of a kind that are told, unless all are asked for."""

Folder = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]


@dataclass(frozen=True)
class Compare:
    """Say which verdicts and rows changed between two folders, and by how many standard errors.

    Exit code 0 if every verdict turns out as before, 1 if one does not, 2 on bad usage.
    """

    before: Folder
    """Folder that a command wrote."""
    after: Folder
    """Another one, by the same command."""
    verbose: tyro.conf.FlagCreatePairsOff[bool] = False
    """Print every change instead of the largest."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if a folder holds no results, or damaged ones.
        """
        verdicts, rows = compare(self.before, self.after)
        output = Output()
        for name, found in (("verdicts", verdicts), ("rows", rows)):
            if found is not None:
                self._print(output, name, found)
        return int(verdicts is not None and any(one.turned for one in verdicts.changes))

    def _print(self, output: Output, name: str, found: Compared) -> None:
        counts = f"{found.same} the same, {len(found.changes)} changed"
        alone = f"{len(found.gone)} only before, {len(found.new)} only after"
        output.print(Text(f"{name}: {counts}, {alone}"), highlight=False)
        turned = [one for one in found.changes if one.turned]
        others = [one for one in found.changes if not one.turned]
        shown = turned + (others if self.verbose else others[:MOST])
        if shown:
            output.print(_table(shown), highlight=False)
        for when, names in (("before", found.gone), ("after", found.new)):
            for one in names if self.verbose else names[:MOST]:
                output.print(Text(f"  only {when}: {one}"), highlight=False)
        hidden = len(found.changes) - len(shown)
        if hidden:
            output.print(f"  and {hidden} smaller changes, see --verbose", highlight=False)


def _table(changes: list[Change]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 1))
    for heading in ("", "before", "after", "errors", "now"):
        number = heading in ("before", "after", "errors")
        table.add_column(heading, justify="right" if number else "left", no_wrap=number)
    for one in changes:
        errors = "?" if math.isnan(one.errors) else f"{one.errors:.1f}"
        table.add_row(Text(one.what), f"{one.before:.4g}", f"{one.after:.4g}", errors, one.turned)
    return table
