"""Of rows that lack something, every figure is drawn or says so in a sentence, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from experiments.results.record import Row, select
from experiments.studies import EXACT_STUDIES
from figures import FIGURES, FigureError, draw_all
from tests.figures import (
    test_blocks,
    test_composition,
    test_hard_negatives,
    test_scene_concepts,
    test_selection,
    test_trained_price,
    test_vision,
)

ENCODERS = ("transformer", "sorted phrases")


def rows_of_trained():
    """Rows as each study that trains gives them, of a setting or two."""
    hard, vision = test_hard_negatives, test_vision
    return {
        "sentence": test_blocks.rows_of("sentence", "claim", "one"),
        "tokens": test_blocks.rows_of("tokens", "control", "one"),
        "scenes": test_scene_concepts.rows_of("scenes", "claim"),
        "composition": [row for name in ENCODERS for row in test_composition.rows_of(name, 1.0)],
        "selection": [
            *test_selection.rows_of("base", "base"),
            *test_selection.rows_of("small", "embedding", embedding=4),
        ],
        "trained_price": [
            row for name in ENCODERS for row in test_trained_price.rows_of(name, 1.0)
        ],
        "vision": [
            *vision.rows_of("vision", vision.VISION | {"rho": 0.0}, vision.DISTANCES),
            *vision.rows_of("vision", vision.VISION | {"rho": 0.5}, vision.SCORES),
        ],
        "blind_images": vision.rows_of(
            "blind_images",
            {"encoder": "patch pool", "rho": 1.0},
            [
                (("fresh loss", {"role": "measured"}), (1.5, 1.6)),
                (("fresh loss", {"role": "predicted"}), (1.5, 1.5)),
                (("least cosine", {"role": "measured"}), (0.9, 0.7)),
            ],
        ),
        "hard_negatives": [
            *hard.transfer("none", {"SWAP": (0.6, 0.8)}),
            *hard.transfer("SWAP", {"SWAP": (0.7, 0.9)}),
            *hard.surcharge("measured", (0.34, 0.36)),
        ],
    }


@pytest.fixture(scope="module")
def rows(exact_rows):
    """Of every study that has a figure."""
    return exact_rows | rows_of_trained()


STUDIES = (*EXACT_STUDIES, *rows_of_trained())


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


def test_every_figure_is_asked(rows):
    drawn = {name for name, draw in FIGURES.items() for of in rows.values() if draw(of) is not None}
    assert drawn == set(FIGURES)


@pytest.mark.parametrize("study", STUDIES)
def test_what_is_missing_is_said_and_nothing_written(study, rows, tmp_path, monkeypatch, hold):
    (name,) = (name for name, draw in FIGURES.items() if draw(rows[study]) is not None)
    hold(FIGURES, {name: FIGURES[name]})
    # What is read of rows decides, not how the figure is laid out and saved.
    monkeypatch.setattr("figures.figure.render", lambda _, suffix: suffix.encode())
    monkeypatch.setattr(Figure, "tight_layout", lambda *_, **__: None)
    said = {}
    for index, (what, some) in enumerate(without_a_part(rows[study])):
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


def test_a_figure_that_fails_leaves_all_as_they_were(tmp_path, rows):
    whole = [*rows["depth"], *rows["price"]]
    before = {path: path.read_bytes() for path in draw_all(whole, tmp_path)}
    assert len(before) == 4
    broken = [*rows["price"], Row("depth", "T12", "ADD", 0, "price", 1.0)]
    with pytest.raises(FigureError, match=r"figure depth cannot be drawn \(KeyError: 'depth'\)"):
        draw_all(broken, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_figures_of_other_rows_are_removed_and_what_is_a_users_stays(tmp_path, rows):
    draw_all([*rows["depth"], *rows["price"]], tmp_path)
    own = ["notes.txt", "depth.svg", "mine.png"]
    for name in own:
        (tmp_path / name).write_text("a user's own")
    draw_all(select(rows["price"], study="price"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"price.png", "price.pdf", *own}
