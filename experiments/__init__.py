"""Contrastive training in the worlds of `scm`, and what it identifies.

What scripts need is here by name, imported when it is first asked for: figures read saved results
through this package without loading what trains.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.results.units import Units as Units
    from experiments.training.config import TrainingConfig as TrainingConfig
    from experiments.training.loop import train as train
    from experiments.training.run import FinishedRun as FinishedRun
    from experiments.training.run import Run as Run
    from experiments.training.run import finish as finish
    from experiments.training.run import load as load

_HOMES = {
    "FinishedRun": "training.run",
    "Run": "training.run",
    "finish": "training.run",
    "load": "training.run",
    "TrainingConfig": "training.config",
    "train": "training.loop",
    "Units": "results.units",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
