"""A quick plot of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from experiments.rows import Row, mean_and_interval, select
from figures.style import STYLE, save

LINES = ("-", "--", ":", "-.")


def draw_sweep(rows: Sequence[Row], names: Sequence[str], directory: Path) -> list[Path]:
    """Every measured R^2 against the first grid, one panel a predictor, one line a target.

    Further grids are told apart by line style.

    Args:
        rows: of `experiments.sweep.sweep`.
        names: its grids.
        directory: where ``sweep.png`` and ``sweep.pdf`` go.
    """
    rows = select(rows, metric="r2", role="measured", probe="kernel")
    x_name, *others = names
    values = list(dict.fromkeys(row.labels[x_name] for row in rows))
    variants = list(dict.fromkeys(tuple(row.labels[name] for name in others) for row in rows))
    predictors = list(dict.fromkeys(row.labels["predictor"] for row in rows))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(3.4 * len(predictors) + 1.5, 3.2))
        axes = figure.subplots(1, len(predictors), squeeze=False, sharey=True)[0]
        for axis, predictor in zip(axes, predictors, strict=True):
            of_predictor = select(rows, predictor=predictor)
            lines = dict.fromkeys(
                (row.labels["target"], tuple(row.labels[name] for name in others))
                for row in of_predictor
            )
            for target, rest in lines:
                wanted = dict(zip(others, rest, strict=True)) | {"target": target}
                of_line = select(of_predictor, **wanted)
                means = [
                    mean_and_interval([row.value for row in select(of_line, **{x_name: value})])[0]
                    for value in values
                ]
                label = ", ".join([str(target), *map(str, rest)])
                dashes = LINES[variants.index(rest) % len(LINES)]
                axis.plot(range(len(values)), means, "o", linestyle=dashes, label=label)
            axis.set_xticks(range(len(values)), [str(value) for value in values])
            axis.set_xlabel(x_name)
            axis.set_title(f"from {predictor}")
            axis.set_ylim(-0.1, 1.05)
            axis.legend(fontsize=7, frameon=False)
        axes[0].set_ylabel("R² on fresh samples (mean over seeds)")
        figure.tight_layout()
    return save(figure, directory, "sweep")
