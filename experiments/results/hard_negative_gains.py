"""What training with hard negatives gains over training without, for verdicts and their figure."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.results.gains import Gain, gains
from experiments.results.record import Row, by_setting, select
from experiments.results.statistics import differences

SCORES = ("text score", "novel image", "group score")
"""What gains are judged of."""

Comparison = tuple[str, str, str]
"""The setting, the score, and the operator whose hard negatives are tested."""


def gains_of_hard_negatives(rows: Sequence[Row]) -> dict[Comparison, Gain]:
    """Gains of each training with hard negatives over none, on each operator's hard negatives.

    Args:
        rows: of the study of hard negatives: all that are compared, so that all are counted.
    """
    rows = select(rows, part="transfer", role="measured")
    operators = [
        tested
        for tested in dict.fromkeys(row.labels["tested"] for row in rows)
        if not tested.startswith("depth ")
    ]
    compared: dict[Comparison, Sequence[float]] = {}
    for setting, here in by_setting(rows).items():
        labels = here[0].labels
        if labels["family"] == "none":
            continue
        same = {name: labels[name] for name in ("set_size", "images")}
        without = select(rows, family="none", **same)
        for tested in operators:
            for score in SCORES:
                which = {"metric": score, "tested": tested}
                gained = differences(select(here, **which), select(without, **which))
                compared[setting, score, tested] = gained
    return gains(compared)
