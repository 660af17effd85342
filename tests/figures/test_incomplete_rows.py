"""Of rows that lack something, every figure is drawn or says so in a sentence, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from matplotlib.figure import Figure

from experiments.results.record import Row, by_setting
from experiments.studies import STUDIES
from figures import FIGURES, FigureError, draw_all
from tests.experiments.study_rows import EXACT


@pytest.fixture
def rows_of(measured):
    """A function from a study to its rows; of three settings of those that train at most."""
    return partial(_few_rows, measured)


def _few_rows(measured, name):
    rows = measured(name).rows
    if name in EXACT:
        return rows
    few = list(by_setting(rows))[:3]
    return [row for row in rows if row.setting in few]


def without_a_part(rows):
    """Rows without a label, or with an unknown word in it, and without a metric or a setting."""
    for name in dict.fromkeys(label for row in rows for label in row.labels):
        bare = [
            replace(row, labels={n: value for n, value in row.labels.items() if n != name})
            for row in rows
        ]
        yield f"no label {name}", bare
        foreign = [replace(row, labels=row.labels | {name: "foreign"}) for row in rows]
        yield f"a foreign {name}", foreign
    for column in ("metric", "setting"):
        for value in dict.fromkeys(row.column(column) for row in rows):
            yield f"no {column} {value}", [row for row in rows if row.column(column) != value]


@pytest.mark.usefixtures("as_users_run", "blank_figures")
@pytest.mark.parametrize("name", STUDIES)
def test_what_is_missing_is_said_and_nothing_written(name, rows_of, tmp_path, monkeypatch, hold):
    rows = rows_of(name)
    hold(FIGURES, {name: FIGURES[name]})
    # What is read of rows decides, not how the figure is laid out and saved.
    monkeypatch.setattr(Figure, "tight_layout", lambda *_, **__: None)
    said = {}
    for index, (what, some) in enumerate(without_a_part(rows)):
        try:
            draw_all(some, tmp_path / str(index))
        except FigureError as error:
            said[what] = error
            assert not (tmp_path / str(index)).exists()
    for error in said.values():
        assert str(error).startswith(f"figure {name} cannot be drawn (")
        assert "\n" not in str(error)
    warned = [what for what, error in said.items() if isinstance(error.__cause__, Warning)]
    # The library says of words on a logarithmic axis that they are none.
    assert [what for what in warned if not what.startswith("a foreign")] == []
    assert said


@pytest.mark.usefixtures("blank_figures")
def test_a_figure_that_fails_leaves_all_as_they_were(tmp_path, rows_of):
    whole = [*rows_of("depth"), *rows_of("price")]
    before = {path: path.read_bytes() for path in draw_all(whole, tmp_path)}
    assert len(before) == 4
    broken = [*rows_of("price"), Row("depth", "T12", "ADD", 0, "price", 1.0)]
    with pytest.raises(FigureError, match=r"figure depth cannot be drawn \(KeyError: 'depth'\)"):
        draw_all(broken, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("blank_figures")
def test_figures_of_other_rows_are_removed_and_what_is_a_users_stays(tmp_path, rows_of):
    draw_all([*rows_of("depth"), *rows_of("price")], tmp_path)
    own = ["notes.txt", "depth.svg", "mine.png"]
    for name in own:
        (tmp_path / name).write_text("a user's own")
    draw_all(rows_of("price"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"price.png", "price.pdf", *own}
