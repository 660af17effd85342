"""Contrastive training in the worlds of `scm`, and what it identifies.

What scripts need is here by name, imported when it is first asked for: figures read saved results
through this package without loading what trains.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.run import FinishedRun as FinishedRun
    from experiments.run import Run as Run
    from experiments.run import finish as finish
    from experiments.run import load as load
    from experiments.training import TrainingConfig as TrainingConfig
    from experiments.training import train as train
    from experiments.units import Units as Units

_HOMES = {
    "FinishedRun": "run",
    "Run": "run",
    "finish": "run",
    "load": "run",
    "TrainingConfig": "training",
    "train": "training",
    "Units": "units",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
