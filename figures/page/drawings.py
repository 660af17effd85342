"""Figures as SVG inside a page: no name of one is a name of another, and none leads outside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from experiments.results.record import Row
from figures.figure import Rendered, drawing
from figures.style import render
from figures.sweep import sweep_figure
from proofs_check.claim import CLAIMS
from proofs_check.verdict import Verdict

_OUTSIDE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
"""What a file needs and a part of a page does not."""

_STYLE = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)
"""It would apply to all of the page, whose own style sheet says the same of figures."""

_ROOT = re.compile(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>')

_NAMES = (
    (re.compile(r'\bid="'), r'id="{}-'),
    (re.compile(r'href="#'), r'href="#{}-'),
    (re.compile(r"url\(#"), r"url(#{}-"),
)
"""Where a name is given or used."""


@dataclass(frozen=True)
class Drawing:
    """A figure of a study.

    Attributes:
        name: of the study.
        svg: to be shown.
        speaks_to: statements that its rows and verdicts speak to.
        stands_at: the one of them that most verdicts of the study speak to; None without any.
    """

    name: str
    svg: Markup
    speaks_to: tuple[str, ...]
    stands_at: str | None


def drawings(rows: Sequence[Row], verdicts: Iterable[Verdict], rendered: Rendered) -> list[Drawing]:
    """All figures of a report, as a page shows them.

    Args:
        rows: of a report.
        verdicts: of the same.
        rendered: its figures, as SVG at least.
    """
    judged: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        judged.setdefault(verdict.study, Counter())[verdict.claim] += 1
    drawn = []
    for name, files in rendered.items():
        count = judged.get(name, Counter())
        told = {row.claim for row in rows if row.study == name} | set(count)
        # Of rows whose claim is not registered, none is known.
        speaks_to = tuple(claim for claim in CLAIMS if claim in told)
        ((stands_at, _),) = count.most_common(1) or [(None, 0)]
        drawn.append(Drawing(name, inline(files["svg"].decode(), name), speaks_to, stands_at))
    return drawn


def sweep_drawing(rows: Sequence[Row], names: Sequence[str]) -> Markup | None:
    """The figure of a sweep; None where there is nothing to draw.

    Args:
        rows: of the sweep.
        names: its grids.

    Raises:
        FigureError: if it cannot be drawn from the rows.
    """
    with drawing("sweep"):
        figure = sweep_figure(rows, names)
        return None if figure is None else inline(render(figure, "svg").decode(), "sweep")


def inline(svg: str, name: str) -> Markup:
    """A file of SVG as an element of a page, as wide as there is room.

    Args:
        svg: as matplotlib writes it.
        name: of the figure, which all names in it then begin with.
    """
    text = _STYLE.sub("", _OUTSIDE.sub("", svg))
    for pattern, with_name in _NAMES:
        text = pattern.sub(with_name.format(name), text)
    head = rf'<svg role="img" aria-labelledby="{name}-caption" viewBox="\1">'
    return Markup(_ROOT.sub(head, text, count=1).strip())
