"""How long a setting may take, told by what settings took that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.measuring import ROWS
from experiments.results.units import Units
from experiments.studies import Setting, Study
from experiments.vocabulary import metrics


@dataclass(frozen=True)
class Earlier:
    """What a stored setting took.

    Attributes:
        study: the study's name.
        setting: the setting's name.
        steps: of training, summed over seeds; 0 where all is exact.
        seconds: of training, compilation included, and of measuring.
    """

    study: str
    setting: str
    steps: int
    seconds: float


def earlier(units: Units) -> list[Earlier]:
    """What the settings took whose rows are stored, of whatever version they are."""
    found = []
    for payload in units.payloads(ROWS):
        last: dict[int, int] = {}
        for row in payload["rows"]:
            if row["metric"] == metrics.LOSS and "step" in row:
                last[row["seed"]] = max(row["step"], last.get(row["seed"], 0))
        for row in payload["rows"][:1]:
            steps = sum(last.values())
            found.append(Earlier(row["study"], row["setting"], steps, payload["seconds"]))
    return found


def expected_seconds(study: Study, setting: Setting, known: Sequence[Earlier]) -> float | None:
    """What a setting should take: as it took before, else as its study's settings did, a step.

    Args:
        study: the study.
        setting: of the study.
        known: what stored settings took.

    Returns:
        Seconds; None where nothing of the study is stored.
    """
    steps = 0 if setting.run is None else setting.run.steps
    similar = [one for one in known if one.study == study.name and bool(one.steps) == bool(steps)]
    same = [one for one in similar if one.setting == setting.name]
    if same:
        similar = [min(same, key=lambda one: abs(one.steps - steps))]
    if not similar:
        return None
    seconds = sum(one.seconds for one in similar)
    return seconds * steps / sum(one.steps for one in similar) if steps else seconds / len(similar)
