"""What is printed at the end of a run: what was found, on one screen, or every verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments.progress import Output
from experiments.results.summary import (
    EVIDENCE,
    Statement,
    Tally,
    failures,
    headlines,
    statements,
)
from proofs_check import Verdict

WIDTH = 80
"""Columns of a summary that no terminal shows."""

TABLE_WIDTH = 160
"""Columns of a table of verdicts that no terminal shows."""


def print_summary(verdicts: Sequence[Verdict]) -> None:
    """A line for each statement, failures in full, and what a reader should see first.

    Args:
        verdicts: of a report.
    """
    output = _output(WIDTH)
    table = Table(box=None, pad_edge=False)
    for heading in ("", "statement", "held", "margin"):
        right = heading in ("held", "margin")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    # The last column alone gives way where the screen is narrow.
    table.add_column("of")
    for one in statements(verdicts):
        margin, setting = _thinnest(one)
        where = Text(setting, no_wrap=True, overflow="ellipsis")
        table.add_row(one.claim, one.title, f"{one.tally.held}/{one.tally.of}", margin, where)
    output.print(table, highlight=False)
    for heading, found in (
        ("does not hold:", failures(verdicts)),
        ("worth reading:", headlines(verdicts)),
    ):
        if found:
            output.print()
            told = [Padding(Text(_in_full(one)), (0, 0, 0, 2)) for one in found]
            output.print(Group(Text(heading), *told), highlight=False)
    output.print()
    _print_counts(output, verdicts)


def print_verdicts(verdicts: Sequence[Verdict]) -> None:
    """A table of all verdicts.

    Args:
        verdicts: of a report.
    """
    table = Table(box=None, pad_edge=False)
    for heading in ("claim", "kind", "setting", "metric", "measured", "predicted", "95 %", ""):
        table.add_column(heading, justify="right" if heading == "measured" else "left")
    for verdict in verdicts:
        table.add_row(
            verdict.claim,
            verdict.kind,
            Text(verdict.setting),
            Text(verdict.metric),
            _number(verdict.measured),
            _predicted(verdict),
            Text(_interval(verdict)),
            _outcome(verdict),
        )
    output = _output(TABLE_WIDTH)
    output.print(table, highlight=False)
    _print_counts(output, verdicts)


def _output(width: int) -> Output:
    output = Output()
    if not output.is_terminal:
        output.width = width
    return output


def _print_counts(output: Output, verdicts: Sequence[Verdict]) -> None:
    identities = Tally.count(verdicts, "identity")
    said = f"{Tally.count(verdicts, *EVIDENCE)} claims and controls hold"
    if identities.of:
        said += f", and {identities} identities, which test the code"
    output.print(said, highlight=False)


def _thinnest(statement: Statement) -> tuple[str, str]:
    """What share of its room the number has left that has least, and where."""
    thinnest = statement.thinnest
    if thinnest is None or thinnest.margin is None:
        return "", "counts alone"
    return f"{100 * min(thinnest.margin, 1.0):.0f} %", thinnest.setting


def _in_full(verdict: Verdict) -> str:
    interval = f" {_interval(verdict)}" if verdict.interval else ""
    return (
        f"{verdict.claim}, {verdict.study}, {verdict.setting}: {verdict.metric} "
        f"{_number(verdict.measured)}{interval}, where {_predicted(verdict)} was looked for"
    )


def _number(value: float) -> str:
    return "nan" if math.isnan(value) else f"{value:.3f}"


def _predicted(verdict: Verdict) -> str:
    slack = f" ± {verdict.tolerance:g}" if verdict.tolerance else ""
    slack += " (chosen)" if verdict.basis == "chosen" else ""
    return f"{verdict.relation} {verdict.predicted:.3f}{slack}"


def _interval(verdict: Verdict) -> str:
    interval = verdict.interval
    return "" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"


def _outcome(verdict: Verdict) -> str:
    outcome = "holds" if verdict.holds else "FAILS" if verdict.gates else "no"
    return outcome + (", interval does not" if verdict.holds and verdict.supported is False else "")
