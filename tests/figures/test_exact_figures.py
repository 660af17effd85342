"""Figures of exact studies show the numbers of the rows."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.results.record import Row, select
from experiments.results.table import read_rows, write_rows
from figures import FIGURES, draw_all
from figures.style import COLOURS
from tests.experiments.study_rows import EXACT


@pytest.fixture(scope="module")
def rows(tmp_path_factory, measured):
    """All rows, as read back from a report."""
    path = tmp_path_factory.mktemp("report") / "results.csv"
    write_rows(path, [row for name in EXACT for row in measured(name).rows])
    return read_rows(path)


def of_study(rows, name):
    figure = FIGURES[name](select(rows, study=name))
    assert figure is not None
    return figure


def points(axis, marker=None):
    """All points of the lines with that marker, or with any."""
    found = [
        (float(x), float(y))
        for line in axis.lines
        if marker is None or line.get_marker() == marker
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]
    return sorted(found)


@pytest.mark.parametrize("name", EXACT)
def test_axes_are_labelled(rows, name):
    figure = of_study(rows, name)
    for axis in figure.axes:
        assert axis.get_xlabel() if axis.axison else axis.get_title()


@pytest.mark.parametrize("name", EXACT)
def test_no_point_is_cut_off(rows, name):
    for axis in of_study(rows, name).axes:
        (left, right), (low, high) = axis.get_xlim(), sorted(axis.get_ylim())
        # Reference lines span an axis in its own units.
        shown = [line for line in axis.lines if line.get_transform() == axis.transData]
        for line in shown:
            x, y = (np.asarray(data, float) for data in line.get_data())
            assert np.all((left <= x) & (x <= right))
            assert np.all((low <= y) & (y <= high))


def test_prices_are_drawn(rows):
    first, second, third = of_study(rows, "price").axes
    of_worlds = select(rows, study="price", metric="price", role="exact")
    for axis, x, settings in (
        (first, "rho", ("SWAP", "SWAP, scenes equiprobable", "bag of words over two-word objects")),
        (second, "rho", ("SWAP", "REPLACE", "ADD")),
        (third, "theta", ("SWAP, odds", "SWAP, odds, half covered")),
    ):
        wanted = [
            (row.labels[x], row.value)
            for name in settings
            for row in select(of_worlds, setting=name)
        ]
        drawn = [at for marker in "osD" for at in points(axis, marker)]
        np.testing.assert_allclose(sorted(drawn), sorted(wanted))


def test_orbits_hold_their_captions(rows):
    figure = of_study(rows, "orbits")
    by_title = {axis.get_title().partition(" (")[0]: axis for axis in figure.axes}
    for setting, axis in by_title.items():
        here = select(rows, study="orbits", setting=setting)
        captions = {row.labels["caption"]: row for row in select(here, metric="probability")}
        texts = {text.get_text(): text for text in axis.texts}
        assert set(texts) == set(captions)
        for caption, row in captions.items():
            assert (texts[caption].get_color() == "white") == (row.value > 0)
        criteria = [row.value for row in select(here, metric="blind optimum exists")]
        colours = [patch.get_edgecolor() for patch in axis.patches]
        permitted = [mpl_hex(colour) == COLOURS["permitted"] for colour in colours]
        assert permitted == [value == 1.0 for value in criteria]


def mpl_hex(colour):
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def test_codes_and_determinants_are_drawn(rows):
    _, lower, upper, volumes = of_study(rows, "fold").axes
    for axis, half in ((lower, "lower"), (upper, "upper")):
        of_half = select(rows, study="fold", half=half)
        first, second = (select(of_half, coordinate=i) for i in (1, 2))
        wanted = [(a.value, b.value) for a, b in zip(first, second, strict=True)]
        np.testing.assert_allclose(points(axis), sorted(wanted))
    wanted = [
        (row.labels["density"], row.value) for row in select(rows, study="fold", metric="|det Dh|")
    ]
    np.testing.assert_allclose(points(volumes), sorted(wanted))


def test_losses_are_drawn(rows):
    figure = of_study(rows, "pseudo_optima")
    for axis, setting in zip(figure.axes, ("SWAP", "REPLACE", "ADD"), strict=False):
        here = select(rows, study="pseudo_optima", setting=setting, metric="loss")
        wanted = [(row.labels["K"], row.value) for row in here]
        np.testing.assert_allclose(points(axis), sorted(wanted))


@pytest.mark.parametrize(
    ("name", "panels"),
    [
        ("depth", [("depth", {"metric": "hard negatives"}), ("depth", {"metric": "price"})]),
        ("surcharge", [("M", {"by": "M"}), ("K", {"by": "K"})]),
    ],
)
def test_curves_are_drawn(rows, name, panels):
    for axis, (x, of) in zip(of_study(rows, name).axes, panels, strict=True):
        wanted = [(row.labels[x], row.value) for row in select(rows, study=name, **of)]
        np.testing.assert_allclose(points(axis), sorted(wanted))


def test_a_changed_row_moves_a_point(rows):
    changed = [
        Row(r.study, r.claim, r.setting, r.seed, r.metric, r.value + 1.0, r.labels)
        if r.study == "depth" and r.metric == "price"
        else r
        for r in rows
    ]
    left, right = (of_study(some, "depth").axes[1] for some in (rows, changed))
    np.testing.assert_allclose([y + 1.0 for _, y in points(left)], [y for _, y in points(right)])


def test_all_are_written(rows, tmp_path):
    written = {path.name for path in draw_all(select(rows, study="depth"), tmp_path)}
    assert written == {"depth.png", "depth.pdf"}
