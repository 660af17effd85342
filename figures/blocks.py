"""R^2 of every block in both directions, setting by setting, controls set apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.vocabulary import metrics, roles
from experiments.vocabulary.encoders import IMAGE, TEXT, another_seed
from figures.points import legend, lines, point

Panel = tuple[str, Callable[[str], tuple[str, str]]]
"""A title, and from a side (``image``, ``text``) to the predictor and the target to show."""

SUFFIX = {IMAGE: "img", TEXT: "txt"}

PANELS: tuple[Panel, ...] = (
    ("embedding → z_inv", lambda side: (side, "z_inv")),
    ("z_inv → embedding", lambda side: ("z_inv", side)),
    ("embedding → style", lambda side: (side, f"z_dp_{SUFFIX[side]}")),
    ("embedding → private", lambda side: (side, f"z_pr_{SUFFIX[side]}")),
    ("embedding → token noise", lambda side: (side, "token_noise")),
    ("embedding → lost coordinate", lambda side: (side, "lost")),
    ("another seed → embedding", lambda side: (another_seed(side), side)),
)
"""All there may be to show; those that a study does not measure are left out."""


def draw_blocks(rows: Sequence[Row], titles: Mapping[str, str]) -> Figure | None:
    """Draw what a study measured of blocks.

    Args:
        rows: of a study; those of other metrics and probes are not drawn.
        titles: for each kind of setting, in order, what its lines are headed by.

    Returns:
        The figure, or None if there is nothing to draw.
    """
    rows = select(rows, probe="kernel")
    above = select(rows, metric=metrics.R2_ABOVE_CEILING)
    rows = select(rows, metric=metrics.R2)
    if not rows:
        return None
    groups = {
        kind: list(dict.fromkeys(row.setting for row in rows if row.labels["kind"] == kind))
        for kind in titles
    }
    groups = {kind: settings for kind, settings in groups.items() if settings}
    measured = {
        (row.labels["predictor"], row.labels["target"]) for row in select(rows, role=roles.MEASURED)
    }
    panels = [panel for panel in PANELS if measured & {panel[1](side) for side in SUFFIX}]
    heights = [len(settings) + 0.6 for settings in groups.values()]
    figure = Figure(figsize=(2.35 * len(panels) + 2.2, 0.42 * sum(heights) + 1.3))
    axes = figure.subplots(
        len(groups), len(panels), squeeze=False, sharex=True, height_ratios=heights
    )
    for row, (kind, settings) in enumerate(groups.items()):
        for column, (title, pair_of) in enumerate(panels):
            axis = axes[row, column]
            for index, setting in enumerate(settings):
                here, beyond = (select(of, setting=setting) for of in (rows, above))
                for side in SUFFIX:
                    point(axis, here, float(index), side, pair_of(side), above=beyond)
            lines(axis, settings, named=column == 0)
            if row == 0:
                axis.set_title(title)
            if row == len(groups) - 1:
                axis.set_xlabel("R² on fresh samples")
        axes[row, 0].set_ylabel(titles[kind])
    legend(figure)
    return figure
