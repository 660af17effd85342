"""T2: R^2 of every block in both directions, setting by setting, controls set apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.rows import Row, mean_and_interval, select
from figures.figure import FIGURES
from figures.style import COLOURS

STUDY = "sentence"

PANELS = (
    ("content", "embedding → z_inv", lambda side: (side, "z_inv")),
    ("back", "z_inv → embedding", lambda side: ("z_inv", side)),
    ("style", "embedding → style", lambda side: (side, f"z_dp_{_SUFFIX[side]}")),
    ("private", "embedding → private", lambda side: (side, f"z_pr_{_SUFFIX[side]}")),
    ("lost", "embedding → lost coordinate", lambda side: (side, "lost")),
)

_SUFFIX = {"image": "img", "text": "txt"}
_TITLES = {"claim": "Assumption 1", "finding": "findings", "control": "controls (must fail)"}


def draw(rows: Sequence[Row]) -> Figure | None:
    """Points are means over seeds with 95 % intervals; ticks are ceilings, crosses chance."""
    rows = [row for row in select(rows, study=STUDY, metric="r2") if _is_gated(row)]
    if not rows:
        return None
    groups = {
        kind: list(dict.fromkeys(row.setting for row in rows if row.labels["kind"] == kind))
        for kind in _TITLES
    }
    groups = {kind: settings for kind, settings in groups.items() if settings}
    panels = [panel for panel in PANELS if panel[0] != "lost" or select(rows, target="lost")]
    heights = [len(settings) + 0.6 for settings in groups.values()]
    figure = Figure(figsize=(2.35 * len(panels) + 2.2, 0.42 * sum(heights) + 1.3))
    axes = figure.subplots(
        len(groups), len(panels), squeeze=False, sharex=True, height_ratios=heights
    )
    for line, (kind, settings) in zip(axes, groups.items(), strict=True):
        for axis, (_, title, pair_of) in zip(line, panels, strict=True):
            for index, setting in enumerate(settings):
                here = select(rows, setting=setting)
                for offset, side in ((-0.14, "image"), (0.14, "text")):
                    _point(axis, here, index + offset, side, pair_of(side))
            axis.set_yticks(range(len(settings)), settings if axis is line[0] else [])
            axis.set_ylim(len(settings) - 0.5, -0.5)
            axis.set_xlim(-0.08, 1.05)
            axis.grid(axis="x", color="#e5e5e5", linewidth=0.6)
            axis.set_axisbelow(True)
            if line is axes[0]:
                axis.set_title(title)
            if line is axes[-1]:
                axis.set_xlabel("R² on fresh samples")
        line[0].set_ylabel(_TITLES[kind])
    _legend(figure)
    figure.tight_layout(rect=(0, 0.6 / figure.get_figheight(), 1, 1))
    return figure


def _is_gated(row: Row) -> bool:
    return row.labels.get("probe") == "kernel"


def _point(axis: Axes, rows: Sequence[Row], at: float, side: str, pair: tuple[str, str]) -> None:
    predictor, target = pair
    measured = _values(rows, role="measured", predictor=predictor, target=target)
    if not measured:
        return
    mean, interval = mean_and_interval(measured)
    low, high = interval or (mean, mean)
    colour = COLOURS[side]
    axis.plot([low, high], [at, at], color=colour, linewidth=1.4, solid_capstyle="butt")
    axis.plot(mean, at, "o", color=colour, markersize=4.5)
    ceilings = _values(rows, role="ceiling", target=target)
    if ceilings:
        axis.plot(np.mean(ceilings), at, "|", color=COLOURS["reference"], markersize=9, mew=1.6)
    for role, marker in (("chance", "x"), ("baseline", "D")):
        found = _values(rows, role=role, predictor=predictor, target=target)
        if found:
            axis.plot(np.mean(found), at, marker, color=COLOURS["chance"], markersize=3.5)


def _values(rows: Sequence[Row], **wanted: str) -> list[float]:
    return [row.value for row in select(rows, **wanted)]


def _legend(figure: Figure) -> None:
    def handle(marker: str, colour: str, label: str) -> Line2D:
        return Line2D([], [], marker=marker, color=COLOURS[colour], linestyle="", label=label)

    handles = [
        handle("o", "image", "image encoder f"),
        handle("o", "text", "text encoder g"),
        handle("|", "reference", "ceiling: predicted from the true z_inv"),
        handle("D", "chance", "untrained encoder"),
        handle("x", "chance", "chance: shuffled"),
    ]
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8
    )


FIGURES.register("block_identifiability", draw)
