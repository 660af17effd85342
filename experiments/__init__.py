"""Contrastive training in the worlds of `scm`, and what it identifies.

What scripts need is here by name, imported when it is first asked for: figures read saved results
through this package without loading what trains.

Where nobody says otherwise by the environment variable NPROC, XLA then computes on one core. Few
steps of training gain from a second one, while two processes gain all of it, and the last bits of a
step depend on how many cores share it, so that those of a run would depend on the machine. By
OPENBLAS_NUM_THREADS the same is said to OpenBLAS, whose threads wait for each other longer than
they work on matrices as small as ours. It must be said before JAX computes anything and before
NumPy is imported: import this package first.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

os.environ.setdefault("NPROC", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from experiments.objectives import AlignmentMinusEntropy as AlignmentMinusEntropy
    from experiments.objectives import HardNegativeInfoNCE as HardNegativeInfoNCE
    from experiments.objectives import InfoNCE as InfoNCE
    from experiments.probes.composition import HardPairs as HardPairs
    from experiments.probes.embedding import embed as embed
    from experiments.probes.encoded_world import EncodedWorld as EncodedWorld
    from experiments.probes.identifiability import block_r2 as block_r2
    from experiments.probes.sample import probe_sample as probe_sample
    from experiments.report import check as check
    from experiments.report import reproduce as reproduce
    from experiments.results.record import Measurement as Measurement
    from experiments.results.units import Units as Units
    from experiments.studies import STUDIES as STUDIES
    from experiments.studies import Setting as Setting
    from experiments.studies import Study as Study
    from experiments.studies.shared.operator_worlds import OPERATOR_WORLDS as OPERATOR_WORLDS
    from experiments.training.config import TrainingConfig as TrainingConfig
    from experiments.training.loop import train as train
    from experiments.training.run import FinishedRun as FinishedRun
    from experiments.training.run import Run as Run
    from experiments.training.run import finish as finish
    from experiments.training.run import load as load

_HOMES = {
    "AlignmentMinusEntropy": "objectives",
    "HardNegativeInfoNCE": "objectives",
    "InfoNCE": "objectives",
    "HardPairs": "probes.composition",
    "embed": "probes.embedding",
    "EncodedWorld": "probes.encoded_world",
    "block_r2": "probes.identifiability",
    "probe_sample": "probes.sample",
    "check": "report",
    "reproduce": "report",
    "Measurement": "results.record",
    "Units": "results.units",
    "STUDIES": "studies",
    "Setting": "studies",
    "Study": "studies",
    "OPERATOR_WORLDS": "studies.shared.operator_worlds",
    "TrainingConfig": "training.config",
    "train": "training.loop",
    "FinishedRun": "training.run",
    "Run": "training.run",
    "finish": "training.run",
    "load": "training.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
