"""Exact checks on their own: what `tokenscm check` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.files import writable_directory, write_json
from proofs_check import CLAIMS, Verdict, run_checks
from scm.checks import require_choice


def check(directory: Path, only: Sequence[str] = ()) -> list[Verdict]:
    """Check claims exactly and write ``verdicts.json``.

    Args:
        directory: where it goes.
        only: ids of claims; empty for all.

    Raises:
        ArgumentError: for an unknown claim, or a directory that cannot be written to; nothing is
            written then.
    """
    for claim in only:
        require_choice("only", claim, CLAIMS)
    path = writable_directory("out", directory) / "verdicts.json"
    verdicts = run_checks(only)
    write_json(path, [verdict.to_json() for verdict in verdicts])
    return verdicts
