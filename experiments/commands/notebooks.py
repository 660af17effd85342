"""The command that opens a notebook."""

from __future__ import annotations

import importlib.util
import os
import runpy
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from experiments.compilation import keep_programs
from experiments.notebooks import NOTEBOOKS, notebook_file
from scm.arguments import ArgumentError, require, require_choice, require_integer

HOST = "127.0.0.1"
"""A notebook runs code: it is for this machine alone."""


@dataclass(frozen=True)
class Explore:
    """Open a notebook with sliders in the browser: a world, a trained run, or a claim.

    Notebooks are world (pairs, hard negatives, price and orbits as settings move), run (what the
    encoders of a stored run make of hard negatives) and claim (a claim put to worlds of yours).
    Nothing leaves this machine. Example: tokenscm explore world
    """

    notebook: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NOTEBOOK")] = "world"
    """Which notebook: world, run or claim."""
    port: int | None = None
    """Port on 127.0.0.1; a free one by default."""
    headless: tyro.conf.FlagCreatePairsOff[bool] = False
    """Open no browser; the address is printed."""
    edit: tyro.conf.FlagCreatePairsOff[bool] = False
    """Edit a copy of the notebook, which is written to this folder as explore_NOTEBOOK.py."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if there is no such notebook, marimo is not installed, the port is not
                free, or there is a copy already.
        """
        require_choice("notebook", self.notebook, NOTEBOOKS)
        if importlib.util.find_spec("marimo") is None:
            raise ArgumentError(
                "notebook: expected marimo to be installed, by pip install 'token-scm[explore]', "
                "got no package marimo"
            )
        port = _free_port(self.port)
        file = _copy_of(self.notebook) if self.edit else notebook_file(self.notebook)
        keep_programs()
        # It would ask the package index whether there is a newer version.
        os.environ["MARIMO_SKIP_UPDATE_CHECK"] = "1"
        place = ["--host", HOST, "--port", str(port), *(["--headless"] if self.headless else [])]
        sys.argv = ["marimo", "edit" if self.edit else "run", str(file), *place]
        # In this process, so that it ends with the command, and need not import all again.
        runpy.run_module("marimo", run_name="__main__", alter_sys=True)
        return 0


def _free_port(asked: int | None) -> int:
    """The port that is asked for, or any, where nobody listens."""
    if asked is not None:
        require_integer("port", asked, 1)
        require(asked < 2**16, "port", "at most 65535", asked)
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, asked or 0))
        except OSError as error:
            raise ArgumentError(f"port: expected a free one, got {asked} ({error})") from None
        return int(one.getsockname()[1])


def _copy_of(notebook: str) -> Path:
    """A copy of a notebook in this folder, for what is installed is not to be edited."""
    copy = Path(f"explore_{notebook}.py")
    require(not copy.exists(), "edit", "no file of that name in this folder", str(copy))
    try:
        shutil.copyfile(notebook_file(notebook), copy)
    except OSError as error:
        raise ArgumentError(f"edit: expected a folder to write in, got {error}") from None
    return copy
