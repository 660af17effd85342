"""What may befall a checkpoint."""

from __future__ import annotations

import shutil


def remove(checkpoint):
    shutil.rmtree(checkpoint)


def truncate(checkpoint):
    for path in checkpoint.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(checkpoint):
    shutil.rmtree(checkpoint)
    checkpoint.mkdir()


def replace(checkpoint):
    shutil.rmtree(checkpoint)
    checkpoint.write_text("not a checkpoint")
