"""From exact checks and studies to verdicts: what `tokenscm reproduce` does."""

from __future__ import annotations

import math
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import jax

from experiments.config import config_hash
from experiments.files import write_json
from experiments.progress import console, training_bar
from experiments.rows import Row, write_rows
from experiments.run import FinishedRun, finish
from experiments.studies import STUDIES, Preset, Setting, Study
from experiments.units import Units
from proofs_check import CLAIMS, Verdict, run_checks
from scm.checks import require_choice
from scm.version import VERSION


def reproduce(
    directory: Path, preset: Preset = "quick", only: Sequence[str] = (), force: bool = False
) -> list[Verdict]:
    """Check some claims exactly, run their studies, and write verdicts, rows and manifest.

    Args:
        directory: where ``verdicts.json``, ``results.csv``, ``manifest.json`` and ``units`` go.
            Units that are complete there are not computed again.
        preset: ``quick`` thins grids and seeds, never claims.
        only: ids of claims; empty for all.
        force: compute everything again.

    Returns:
        All verdicts: exact ones, then those of studies in their order.

    Raises:
        ArgumentError: for an unknown claim, a directory that cannot be written to, or a damaged
            unit; nothing is written then.
        NonFiniteLossError: if training diverges.
    """
    for claim in only:
        require_choice("only", claim, CLAIMS)
    studies = [s for s in STUDIES.values() if not only or set(s.claims) & set(only)]
    units = Units.create(directory)
    verdicts = run_checks(only)
    rows: list[Row] = []
    for study in studies:
        settings = study.settings(preset)
        found, seconds = study_rows(study, settings, units, force=force)
        rows += found
        verdicts += study.verdicts(found, seconds)
    if only:
        verdicts = [verdict for verdict in verdicts if verdict.claim in only]
    write_rows(directory / "results.csv", rows)
    write_json(directory / "verdicts.json", [verdict.to_json() for verdict in verdicts])
    write_json(directory / "manifest.json", manifest(preset, only))
    return verdicts


def study_rows(
    study: Study, settings: Sequence[Setting], units: Units, *, force: bool = False
) -> tuple[list[Row], dict[str, float]]:
    """The rows of a study's settings, measured or loaded, and what each setting took."""
    if not force:
        # A damaged unit is found before anything is computed.
        for setting in settings:
            units.load("rows", _key(study, setting))
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    for index, setting in enumerate(settings, 1):
        payload = _setting_payload(study, setting, units, force=force, at=(index, len(settings)))
        rows += [Row.from_json(row) for row in payload["rows"]]
        seconds[setting.name] = payload["seconds"]
    return rows, seconds


def _key(study: Study, setting: Setting) -> str:
    return config_hash(study.name, study.version, setting.name, setting.parameters, setting.run.key)


def _setting_payload(
    study: Study, setting: Setting, units: Units, *, force: bool, at: tuple[int, int]
) -> dict[str, Any]:
    key = _key(study, setting)
    payload = None if force else units.load("rows", key)
    if payload is not None:
        return payload
    start = time.perf_counter()
    label = f"{study.name} {at[0]}/{at[1]}: {setting.name}"
    steps = setting.run.config.steps * len(setting.run.seeds)
    with training_bar(label, steps) as report:
        finished = finish(setting.run, units, study=study.name, force=force, report=report)
    probing = time.perf_counter()
    rows = study.rows(setting, finished) + _loss_rows(study, setting, finished)
    probing = time.perf_counter() - probing
    payload = {
        "rows": [row.to_json() | {"run": setting.run.key} for row in rows],
        "seconds": finished.seconds + probing,
    }
    units.save("rows", key, payload)
    console.print(f"{label}: {time.perf_counter() - start:.0f} s", highlight=False)
    return payload


def _loss_rows(study: Study, setting: Setting, finished: FinishedRun) -> list[Row]:
    return [
        Row(
            study=study.name,
            claim=study.claims[0],
            setting=setting.name,
            seed=seed,
            metric="loss",
            value=float(loss),
            labels={**setting.parameters, "step": int(step)},
        )
        for seed, curve in zip(finished.run.seeds, finished.trained.losses, strict=True)
        for step, loss in zip(finished.trained.step_counts, curve, strict=True)
    ]


def manifest(preset: str, only: Sequence[str]) -> dict[str, Any]:
    """What a report was made by: command, preset, versions, devices, commit where there is one."""
    packages = ("jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy")
    return {
        "command": " ".join(["tokenscm", *sys.argv[1:]]),
        "preset": preset,
        "only": list(only),
        "version": VERSION,
        "python": platform.python_version(),
        "packages": {package: metadata.version(package) for package in packages},
        "devices": [str(device) for device in jax.devices()],
        "commit": _commit(),
    }


def _commit() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def passed(verdicts: Sequence[Verdict]) -> bool:
    """Whether every claim and control holds."""
    return all(verdict.holds for verdict in verdicts if verdict.gates)


def as_text(verdict: Verdict) -> tuple[str, ...]:
    """The cells of a verdict in a table."""
    interval = verdict.interval
    spread = "" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"
    slack = f" ± {verdict.tolerance:g}" if verdict.tolerance else ""
    outcome = "holds" if verdict.holds else "FAILS" if verdict.gates else "no"
    measured = "nan" if math.isnan(verdict.measured) else f"{verdict.measured:.3f}"
    return (
        verdict.claim,
        verdict.kind,
        verdict.setting,
        verdict.metric,
        measured,
        f"{verdict.relation} {verdict.predicted:.3f}{slack}",
        spread,
        outcome,
    )
