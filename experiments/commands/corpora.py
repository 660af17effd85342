"""The command that reads a corpus as theory asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from experiments.captions.corpus_files import read_captions_file
from experiments.captions.formats import read_pairs_file
from experiments.corpus.report import report
from experiments.data_report import require_report, write_data_report
from experiments.progress import console
from figures import require_room
from figures.page import draw_report
from scm.arguments import require, require_seed


@dataclass(frozen=True)
class Corpora:
    """Estimate what theory asks of a corpus: coverage, odds, and what its order is worth.

    From captions as draws of their law: how often SWAP, REPLACE or ADD make another caption of the
    corpus from one of it, how that grows with the corpus, the price in nats of not reading order
    (T10) and by how much hard negatives tilt (T16). With pairs, how many of their negatives are
    captions themselves. Writes results.csv, verdicts.json, manifest.json, figures/ and report.html.

    Examples: tokenscm corpus captions.txt; tokenscm corpus captions_train2017.json --pairs
    swap_obj.json swap_att.json; tokenscm corpus negclip.tsv --pairs negclip.tsv
    """

    files: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """Captions: plain text, one a line; captions of COCO; JSON, JSON lines, CSV, TSV or Parquet."""
    pairs: tuple[Path, ...] = ()
    """Files of captions and hard negatives, in the format of a benchmark."""
    column: str | None = None
    """Column of the captions, where it is not known by the format."""
    seed: int = 0
    """Seed of the parts of the corpus by which intervals and growth are told."""
    out: Path = Path("corpora")
    """Folder for the results."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: for files that cannot be read, two files of pairs of one name, too few
                captions, or a folder that cannot hold the results.
        """
        require_seed("seed", self.seed)
        require(bool(self.files), "files", "at least one file of captions", "none")
        names = [path.stem for path in self.pairs]
        require(len(set(names)) == len(names), "pairs", "files of different names", names)
        require_report(self.out)
        require_room(self.out / "figures")
        with console.status("reading"):
            captions = [one for path in self.files for one in read_captions_file(path, self.column)]
            files = {path.stem: read_pairs_file(path) for path in self.pairs}
        with console.status(f"looking for neighbours among {len(captions):,} captions"):
            found = report(captions, files, self.seed)
        write_data_report(self.out, found.rows, found.verdicts)
        written = draw_report(self.out)
        for line in (*found.sentences, self.out / "results.csv", *written):
            print(line)
        return 0
