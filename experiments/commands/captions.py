"""The command that reads files of captions and hard negatives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.table import Table

from experiments.captions.definition import USUAL, Counted, Definition
from experiments.captions.findings import findings, where_paper_lies
from experiments.captions.formats import read_pairs_files
from experiments.captions.survey import KINDS, Surveyed, kind_of, survey
from experiments.data_report import require_report, write_data_report
from experiments.progress import Output
from experiments.results.cells import format_table
from experiments.results.files import require_files, write_atomically
from experiments.results.record import Row, select
from experiments.vocabulary import captions as words
from figures import require_room
from figures.page import draw_report


@dataclass(frozen=True)
class Captions:
    """Read what joins captions to their hard negatives: SWAP, REPLACE, ADD, their iterates, others.

    Reads pairs as SugarCrepe, SugarCrepe++, VALSE, ARO, NegCLIP, Winoground and BiVLC publish them,
    and tables of two named columns. Writes readings.csv (each pair, with the atoms), results.csv,
    verdicts.json, manifest.json, figures/ and report.html into a folder, and prints a table by data
    set and category. Beside stands what is read, by mistake or by chance, of random pairs, of
    nearest neighbours and of shuffled words.

    Examples: tokenscm captions swap_obj.json swap_att.json;
    tokenscm captions pairs.csv --caption-column caption --negative-column foil
    """

    files: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """Files of pairs: JSON, JSON lines, CSV, TSV or Parquet."""
    format: str | None = None
    """Format of the files: sugarcrepe, sugarcrepe++, valse, aro, negclip, winoground, bivlc, or
    ours (dataset, category, caption, negative, id); told by their columns by default."""
    caption_column: str | None = None
    """Column of captions, in files of no such format."""
    negative_column: str | None = None
    """Column of their hard negatives, with --caption-column."""
    category_column: str | None = None
    """Column of their categories, with --caption-column."""
    atom_words: int = USUAL.atom_words
    """Most words that say an atom or a phrase."""
    depth: int = USUAL.depth
    """Most operators in a word."""
    kept: float = USUAL.kept
    """Least share of the words of the shorter caption that stay or are exchanged, from 0 to 1."""
    counted: Counted = USUAL.counted
    """Which words say an atom: every word; concepts and relations, where articles, pronouns and
    auxiliaries may change beside; concepts first, where prepositions may change beside a change of
    concepts too."""
    seed: int = 0
    """What draws controls, and captions for the intervals."""
    out: Path = Path("captions")
    """Folder for the results."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: if a file cannot be read as pairs, a setting is out of its range, or the
                folder cannot hold the results; nothing is written then.
        """
        begun = time.perf_counter()
        definition = Definition(self.atom_words, self.depth, self.kept, self.counted)
        require_report(self.out)
        require_files("out", self.out / "readings.csv")
        require_room(self.out / "figures")
        pairs = read_pairs_files(
            self.files,
            self.format,
            caption_column=self.caption_column,
            negative_column=self.negative_column,
            category_column=self.category_column,
        )
        surveyed = survey(pairs, definition, self.seed)
        rows = surveyed.rows()
        verdicts = findings(rows, time.perf_counter() - begun)
        text = _readings(surveyed)
        write_data_report(self.out, rows, verdicts)
        write_atomically(self.out / "readings.csv", lambda path: path.write_bytes(text.encode()))
        _print(rows)
        for path in (self.out / "readings.csv", *draw_report(self.out)):
            print(path)
        return 0


def _readings(surveyed: Surveyed) -> str:
    """Each pair in a line, with what joins the two."""
    told = ("dataset", "category", "id", "caption", "negative")
    names = (*told, "read as", "word", "depth", "steps")
    lines = (
        (
            *(getattr(pair, name) for name in told),
            kind_of(reading),
            reading.kind,
            reading.depth,
            "; ".join(f"{step.operator} {' | '.join(step.atoms)}" for step in reading.steps),
        )
        for pair, reading in zip(surveyed.pairs, surveyed.read, strict=True)
    )
    return format_table(names, lines)


def _print(rows: Sequence[Row]) -> None:
    """Shares in per cent by data set and category, and what stands beside them."""
    output = Output()
    if not output.is_terminal:
        output.width = 160
    output.print(_table(rows), highlight=False)
    for row in select(rows, metric=words.ONE_OPERATION):
        if "pairs" in row.labels:
            output.print(f"{row.setting}: {_with_interval(row)} read as one operation")
    for row in select(rows, metric=words.AGREEMENT, category=words.ALL):
        every = select(rows, metric=words.AGREEMENT_OF_ALL, setting=row.setting)
        output.print(
            f"{row.setting}: of pairs read as one operation {_with_interval(row)} are that which "
            f"their category names; of all pairs {_with_interval(every[0])}"
        )
    curves = select(rows, metric=words.BY_DEFINITION, pairs=words.PAIRS)
    for dataset in dict.fromkeys(row.labels["dataset"] for row in curves):
        output.print(f"{dataset}: 80 % reached with {where_paper_lies(rows, dataset)}")


def _table(rows: Sequence[Row]) -> Table:
    shares = select(rows, metric=words.SHARE)
    kinds = [kind for kind in KINDS if select(shares, kind=kind)]
    table = Table(box=None, pad_edge=False)
    table.add_column("pairs, %")
    for heading in ("n", "one operation", *kinds, "agreement"):
        table.add_column(heading, justify="right")
    for row in select(rows, metric=words.ONE_OPERATION):
        if "pairs" in row.labels:
            continue
        here = select(rows, setting=row.setting)
        counted = {one.labels["kind"]: one for one in select(here, metric=words.SHARE)}
        agreement = [_with_interval(one) for one in select(here, metric=words.AGREEMENT)]
        cells = [f"{100 * counted[kind].value:.1f}" if kind in counted else "" for kind in kinds]
        n = f"{row.labels['of']:,}"
        table.add_row(row.setting, n, _with_interval(row), *cells, *(agreement or [""]))
    return table


def _with_interval(row: Row) -> str:
    low, high = (100 * row.labels[end] for end in ("low", "high"))
    return f"{100 * row.value:.1f} [{low:.1f}, {high:.1f}]"
