"""The command that looks at the machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from experiments.doctor import examine
from experiments.progress import Output


@dataclass(frozen=True)
class Doctor:
    """Look at this machine: versions, devices, speed, what is kept where, and what would be slow.

    Takes some seconds. Exit code 0, or 1 if nothing can be computed as it is.
    """

    out: Path = Path("results")
    """Folder where results would go."""

    def run(self) -> int:
        """Returns the exit code."""
        output = Output()
        fatal = False
        for finding in examine(self.out):
            fatal |= finding.fatal
            output.print(Text(f"{finding.topic:<10} {finding.said}"), soft_wrap=True)
            if finding.advice:
                output.print(Text(f"{'':<10} → {finding.advice}", style="yellow"), soft_wrap=True)
        return int(fatal)
