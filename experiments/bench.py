"""Speed and memory of training."""

from __future__ import annotations

from pathlib import Path


def bench(out: Path | None) -> None:
    """Stub"""
