"""The command that makes hard negatives of a user's own captions."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from experiments.captions.corpus_files import read_captions_file
from experiments.iterated.negatives import negatives, scene_worlds
from experiments.progress import console
from experiments.results.files import require_files, writable_directory, write_atomically
from scm.arguments import require_seed

FILE = "negatives.jsonl"
"""What is written."""


@dataclass(frozen=True)
class Negatives:
    """Make hard negatives of your own captions, by SWAP, REPLACE and ADD again and again.

    Well-formed by construction where a caption is of a scene world's grammar, and marked as checked
    then; free text is changed by what the other captions of the file show, and marked as unchecked.
    Writes negatives.jsonl: caption, negative, operator, depth and checked, a line each.

    Example: tokenscm negatives captions.txt --operators SWAP,REPLACE --depth 2
    """

    file: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """Captions: plain text, one a line; captions of COCO; JSON, JSON lines, CSV, TSV or Parquet."""
    operators: str = "SWAP,REPLACE,ADD"
    """Names of operators, with commas between."""
    depth: int = 1
    """Length of the longest words over them."""
    limit: int = 10
    """Negatives of each caption, at most."""
    world: str | None = None
    """World whose grammar captions are read by; all that have captions in words by default."""
    column: str | None = None
    """Column of the captions, where it is not known by the format."""
    seed: int = 0
    """Seed of what is left out where there are more."""
    out: Path = Path("negatives")
    """Folder for the file."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: for a file that cannot be read, operators, numbers or a world that are
                none, or a folder that cannot hold the file.
        """
        require_seed("seed", self.seed)
        if self.out.exists():
            writable_directory("out", self.out)
        require_files("out", self.out / FILE)
        captions = list(dict.fromkeys(read_captions_file(self.file, self.column)))
        names = tuple(dict.fromkeys(filter(None, self.operators.split(","))))
        made = negatives(
            captions,
            names,
            depth=self.depth,
            limit=self.limit,
            worlds=scene_worlds(self.world),
            dataset=self.file.stem,
            seed=self.seed,
        )
        with console.status(f"rewriting {len(captions):,} captions"):
            found = list(made)
        writable_directory("out", self.out)
        text = "".join(json.dumps(one.to_json()) + "\n" for one in found)
        write_atomically(self.out / FILE, lambda path: path.write_text(text))
        kinds = Counter((one.depth, one.operator, one.checked) for one in found)
        for (depth, word, checked), count in sorted(kinds.items()):
            print(f"{count:7,}  depth {depth}  {word}  {'checked' if checked else 'unchecked'}")
        rewritten = len({one.caption for one in found})
        print(f"{len(found):,} hard negatives of {rewritten:,} of {len(captions):,} captions")
        print(self.out / FILE)
        return 0
