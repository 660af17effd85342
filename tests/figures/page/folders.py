"""Folders of results, made by hand."""

from __future__ import annotations

import json

from experiments.results.files import write_json
from experiments.results.record import Row
from experiments.results.table import write_rows
from proofs_check import Verdict

HOSTILE = "<script>alert(1)</script>"

MANIFEST = {
    "command": "tokenscm check --out /home/somebody/checks --only T6",
    "preset": "exact",
    "only": ["T6"],
    "missing": [],
    "compiled": {"programs": 2, "found": 1, "seconds": 0.5},
    "version": "0.1.0",
    "commit": None,
    "dirty": None,
    "python": "3.11.7",
    "packages": {"jax": "0.10.2"},
    "devices": ["cpu cpu"],
    "units": [{"version": "0.1.0", "devices": ["cpu cpu"], "loaded": [], "computed": ["rows"]}],
}


def verdict(**changed):
    fields = {
        "claim": "T6",
        "kind": "claim",
        "method": "exact",
        "study": "check",
        "setting": "one",
        "metric": "price",
        "relation": "~=",
        "predicted": 0.0,
        "measured": 0.1,
        "interval": None,
        "tolerance": 0.5,
        "seconds": 1.0,
    }
    fields |= changed
    return Verdict(id="/".join(fields[name] for name in ("claim", "setting", "metric")), **fields)


VERDICTS = [
    *[verdict(metric=f"number {n}", measured=n / 100) for n in range(30)],
    verdict(kind="control", setting="a control", measured=2.0, relation=">=", predicted=1.5),
    verdict(claim="T7", kind="identity", setting="at any weights", metric="text score"),
    verdict(claim="T7", method="trained", setting=HOSTILE, interval=(0.0, 0.2)),
    verdict(claim="T8", kind="finding", method="trained", setting="found", measured=1.0),
]


def make_report(directory, verdicts=VERDICTS, rows=(), manifest=MANIFEST):
    directory.mkdir(exist_ok=True)
    write_rows(directory / "results.csv", rows)
    write_json(directory / "verdicts.json", [one.to_json() for one in verdicts])
    write_json(directory / "manifest.json", manifest)
    return directory


def make_sweep(directory):
    directory.mkdir(exist_ok=True)
    rows = [
        Row(
            "sentence",
            "T2",
            f"world.law={law}, steps={steps}",
            0,
            metric,
            0.1 * steps,
            {"world.law": law, "steps": steps, "role": "measured", "target": HOSTILE},
        )
        for law in ("dag", "gaussian")
        for steps in (1, 2)
        for metric in ("r2", "loss")
    ]
    write_rows(directory / "sweep.csv", rows)
    return directory


def spoil(directory, name, change):
    """Change a value of a file of JSON."""
    path = directory / name
    value = json.loads(path.read_text())
    path.write_text(json.dumps(change(value)))
