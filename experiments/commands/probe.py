"""The command that puts a user's own encoder under the probes of our studies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.table import Table

from experiments.captions.formats import read_pairs_files
from experiments.captions.reading import read_pairs
from experiments.data_report import require_report, write_data_report
from experiments.progress import Output, job_bar
from experiments.results.record import Row, by_setting, select
from experiments.user_encoders.checked import CheckedEncoder
from experiments.user_encoders.loading import load_encoder
from experiments.user_encoders.probed import ProbedPairs
from experiments.user_encoders.probing import (
    ImageInput,
    embed,
    opener,
    probe_encoder,
    require_images,
)
from experiments.vocabulary import metrics, probe, roles
from figures import require_room
from figures.page import draw_report
from proofs_check import Verdict
from scm.arguments import require_seed

ONE_SIDED = (
    "The familiar half alone does not measure composition (T17): it is right wherever a negative "
    "moves the caption by more than image and caption are apart, whether the encoder composes or "
    "not; what does is the novel half, of images that the negatives are true of."
)
"""Said where there are images of captions and none of negatives."""


@dataclass(frozen=True)
class Probe:
    """Put an encoder of your own under the probes of our studies, on pairs of captions.

    A text encoder is any function from a list of n texts to an array [n, d]. Tells how far hard
    negatives move captions (delta, by operator and depth), against paraphrases and unrelated
    captions, with intervals, beside a bag of words and an untrained encoder. With images, how often
    they prefer their caption. Writes results.csv, verdicts.json, manifest.json and figures/ into a
    folder and prints a table. Exit code 0, 2 on bad usage.

    Examples: tokenscm probe pairs.jsonl --text my_module:encode;
    tokenscm probe pairs.jsonl --text experiments.user_encoders.minilm:encode;
    tokenscm probe pairs.jsonl --text clip:encode_text --image clip:encode_image --images photos
    """

    files: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """Files of captions with their hard negatives."""
    text: Annotated[str, tyro.conf.arg(metavar="MODULE:FUNCTION")]
    """Text encoder; modules in the folder where the command is run are found."""
    image: Annotated[str | None, tyro.conf.arg(metavar="MODULE:FUNCTION")] = None
    """Image encoder, into the same space."""
    images: Path = Path()
    """Folder of the images that the files name."""
    image_input: ImageInput = "paths"
    """What the image encoder takes a list of: paths, or images of Pillow in RGB."""
    format: str | None = None
    """Format of the files, as winoground or sugarcrepe; their columns tell it if none is given."""
    caption_column: str | None = None
    """Column of captions, of files in no such format."""
    negative_column: str | None = None
    """Column of their hard negatives."""
    category_column: str | None = None
    """Column of their categories, if any."""
    seed: int = 0
    """Seed of resamples, of the untrained encoder and of which captions count as unrelated."""
    out: Path = Path("probes")
    """Folder for the results."""

    def run(self) -> int:
        """Returns the exit code.

        Raises:
            ArgumentError: for files, encoders or images that cannot be used, or a folder that
                cannot hold the results.
        """
        require_seed("seed", self.seed)
        require_report(self.out)
        require_room(self.out / "figures")
        read = read_pairs_files(
            self.files,
            self.format,
            caption_column=self.caption_column,
            negative_column=self.negative_column,
            category_column=self.category_column,
        )
        pairs = ProbedPairs.of(read)
        text = CheckedEncoder("text", self.text, load_encoder("text", self.text))
        image = self._image_encoder()
        paths = require_images(pairs, self.images) if image else []
        with job_bar(float(len(pairs.texts) + len(paths))) as bar:
            embedded = embed(pairs, text, image, paths, lambda n: bar.finish(float(n)))
        readings = read_pairs(pairs.pairs)
        rows, verdicts = probe_encoder(embedded, readings, self.text, self.seed)
        write_data_report(self.out, rows, verdicts)
        _print(rows, verdicts)
        print(self.out / "results.csv")
        for path in draw_report(self.out):
            print(path)
        return 0

    def _image_encoder(self) -> CheckedEncoder | None:
        """The image encoder, as one that takes paths."""
        if self.image is None:
            return None
        call = load_encoder("image", self.image)
        if self.image_input == "images":
            call = opener(self.image, call)
        return CheckedEncoder("image", self.image, call, "images")


def _print(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    output = Output()
    if not output.is_terminal:
        output.width = 160
    for here in by_setting(rows).values():
        output.print(_text_table(here), highlight=False)
        if select(here, metric=metrics.FAMILIAR_IMAGE):
            output.print(_image_table(here), highlight=False)
            if not select(here, metric=metrics.NOVEL_IMAGE, role=roles.MEASURED):
                output.print(ONE_SIDED, highlight=False)
    held = sum(verdict.holds for verdict in verdicts)
    output.print(f"{held} of {len(verdicts)} findings hold", highlight=False)


def _text_table(rows: Sequence[Row]) -> Table:
    """Numbers of text alone, a line a group of pairs."""
    columns: Sequence[tuple[str, str, str | None]] = (
        ("|dg| negative", metrics.TEXT_DISPLACEMENT, probe.NEGATIVE),
        ("paraphrase", metrics.TEXT_DISPLACEMENT, probe.PARAPHRASE),
        ("unrelated", metrics.TEXT_DISPLACEMENT, probe.UNRELATED),
        ("ties", metrics.TIES, None),
        ("nearer", probe.NEARER, None),
    )
    measured = select(rows, role=roles.MEASURED)
    columns = [one for one in columns if _of(measured, *one[1:])]
    table = Table(box=None, pad_edge=False, title=rows[0].setting, title_justify="left")
    table.add_column("pairs made by")
    headings = ("pairs", "delta", "95 %", "bag", "untrained", *(name for name, *_ in columns))
    for heading in headings:
        table.add_column(heading, justify="right")
    for own in select(measured, metric=metrics.DELTA):
        here = [row for row in rows if _cell(row) == _cell(own)]
        beside = [
            _number(select(here, metric=metrics.DELTA, encoder=encoder))
            for encoder in (probe.BAG, probe.UNTRAINED)
        ]
        of_own = select(here, role=roles.MEASURED)
        others = [_number(_of(of_own, *one[1:])) for one in columns]
        numbers = (_number([own]), _interval(own), *beside, *others)
        table.add_row(_name(own), str(own.labels["pairs"]), *numbers)
    return table


def _of(rows: Sequence[Row], metric: str, of: str | None) -> list[Row]:
    """Rows of a metric, and of what captions are compared with."""
    return [row for row in select(rows, metric=metric) if row.labels.get("of") == of]


def _image_table(rows: Sequence[Row]) -> Table:
    """Scores with images, a line a score, over all pairs."""
    every = select(rows, by=probe.ALL)
    table = Table(box=None, pad_edge=False)
    table.add_column("with images")
    for heading in ("measured", "95 %", "chance", "untrained text"):
        table.add_column(heading, justify="right")
    for metric in dict.fromkeys(row.metric for row in select(every, encoder=probe.UNTRAINED)):
        of_metric = [row for row in select(every, metric=metric) if "of" not in row.labels]
        scored = metric not in (metrics.DELTA, metrics.COLLAPSED, metrics.TIES, probe.NEARER)
        for own in select(of_metric, role=roles.MEASURED) if scored else ():
            chance, untrained = (
                _number(select(of_metric, role=role)) for role in (roles.CHANCE, roles.BASELINE)
            )
            table.add_row(metric, _number([own]), _interval(own), chance, untrained)
    return table


def _cell(row: Row) -> tuple[object, ...]:
    return tuple(row.labels.get(name) for name in ("by", "kind", "depth", "category"))


def _name(row: Row) -> str:
    """What a line's pairs have in common."""
    by, kind, depth, category = _cell(row)
    names = {
        probe.ALL: "all",
        probe.BY_OPERATOR: str(kind),
        probe.BY_DEPTH: f"  {kind}, depth {depth}",
        probe.BY_CATEGORY: f"category {category}",
    }
    return names[str(by)]


def _number(rows: Sequence[Row]) -> str:
    return f"{rows[0].value:.3f}" if rows and math.isfinite(rows[0].value) else ""


def _interval(row: Row) -> str:
    ends = [row.labels.get(end) for end in ("low", "high")]
    return "" if None in ends else f"{ends[0]:.3f} to {ends[1]:.3f}"
