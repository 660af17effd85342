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
    """Points are means over seeds, bars 95 % intervals (of the distance to a ceiling if any)."""
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
    for row, (kind, settings) in enumerate(groups.items()):
        for column, (_, title, pair_of) in enumerate(panels):
            axis = axes[row, column]
            for index, setting in enumerate(settings):
                here = select(rows, setting=setting)
                for offset, side in ((-0.14, "image"), (0.14, "text")):
                    _point(axis, here, index + offset, side, pair_of(side))
            axis.set_yticks(range(len(settings)), settings if column == 0 else [])
            axis.set_ylim(len(settings) - 0.5, -0.5)
            axis.set_xlim(-0.08, 1.05)
            axis.grid(axis="x", color="#e5e5e5", linewidth=0.6)
            axis.set_axisbelow(True)
            if row == 0:
                axis.set_title(title)
            if row == len(groups) - 1:
                axis.set_xlabel("R² on fresh samples")
        axes[row, 0].set_ylabel(_TITLES[kind])
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
    ceilings = _values(rows, role="ceiling", target=target)
    mean, interval = mean_and_interval(measured)
    if interval and ceilings:
        # Worlds of different seeds have different ceilings: what varies is the distance to them.
        _, interval = mean_and_interval(np.subtract(measured, ceilings).tolist())
        assert interval is not None
        interval = (interval[0] + float(np.mean(ceilings)), interval[1] + float(np.mean(ceilings)))
    low, high = interval or (mean, mean)
    colour = COLOURS[side]
    axis.plot([low, high], [at, at], color=colour, linewidth=1.4, solid_capstyle="butt")
    axis.plot(mean, at, "o", color=colour, markersize=4.5)
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
