"""What a figure is, and the list of figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from matplotlib.figure import Figure

from experiments.results.files import require_files, writable_directory
from experiments.results.record import Row, select
from figures.style import SUFFIXES, house_style, render, write_files
from scm.registry import Registry

Draw = Callable[[Sequence[Row]], Figure | None]
"""Draws the rows of a study, of which there are some; None if there is nothing to see in them."""

Rendered = Mapping[str, Mapping[str, bytes]]
"""Figures by name, of each its content by kind of file."""

FIGURES: Registry[Draw] = Registry("figure", "token_scm.figures")
"""Figures by the name of the study whose rows they are drawn from."""


class FigureError(RuntimeError):
    """A figure that cannot be drawn; the text names it, the cause is what its function raised."""


def draw_all(rows: Sequence[Row], directory: Path, *, drawn: Collection[str] = ()) -> list[Path]:
    """Draw every figure that the rows hold something for, as PNG and PDF, and remove all others.

    Args:
        rows: of a report.
        directory: where the files go.
        drawn: studies of the same report whose figures are there and stay, of which it has no rows.

    Returns:
        The files written.

    Raises:
        FigureError: if one cannot be drawn from the rows; the directory is left as it is then.
    """
    return write_all(dict(render_all(rows, SUFFIXES)), directory, drawn=drawn)


def write_all(rendered: Rendered, directory: Path, *, drawn: Collection[str] = ()) -> list[Path]:
    """Write every figure of `render_all` as PNG and PDF, and remove all others.

    Args:
        rendered: figures by name, in those two kinds of file at least.
        directory: where the files go.
        drawn: names of figures that are there and stay.

    Returns:
        The files written.
    """
    contents = {
        f"{name}.{suffix}": files[suffix] for name, files in rendered.items() for suffix in SUFFIXES
    }
    remove_all(directory, keep={*contents, *_files(drawn)})
    return write_files(directory, contents) if contents else []


def render_all(
    rows: Sequence[Row], suffixes: Sequence[str], rendered: Rendered = MappingProxyType({})
) -> Iterator[tuple[str, Mapping[str, bytes]]]:
    """Each figure that the rows hold something for: its name, and its content by kind of file.

    Args:
        rows: of a report.
        suffixes: the kinds of file.
        rendered: figures that were rendered of these rows before, as those kinds at least.

    Raises:
        FigureError: if one cannot be drawn from the rows.
    """
    for name, draw in FIGURES.items():
        found = rendered.get(name)
        if found is None:
            with drawing(name):
                found = _rendered(draw, select(rows, study=name), suffixes)
        if found:
            yield name, found


@contextmanager
def drawing(name: str) -> Iterator[None]:
    """Where a figure is drawn: what fails there is said of it.

    Args:
        name: of the figure.

    Raises:
        FigureError: whatever is raised inside.
    """
    try:
        yield
    except Exception as error:
        (said, *_) = str(error).splitlines() or ("",)
        raise FigureError(
            f"figure {name} cannot be drawn ({type(error).__name__}: {said})"
        ) from error


def _rendered(draw: Draw, rows: Sequence[Row], suffixes: Sequence[str]) -> dict[str, bytes]:
    if not rows:
        return {}
    with house_style():
        figure = draw(rows)
    return {} if figure is None else {suffix: render(figure, suffix) for suffix in suffixes}


def remove_all(directory: Path, keep: Collection[str] = ()) -> None:
    """Remove the files of all registered figures from a directory, but those to keep.

    Args:
        directory: where the figures are; it need not exist.
        keep: names of files that stay.
    """
    for path in _paths(directory):
        if path.name not in keep:
            path.unlink(missing_ok=True)


def require_room(directory: Path) -> None:
    """Find what stands in the way of figures before work starts.

    Raises:
        ArgumentError: if the directory is there and cannot be written to, or the place of a file
            is taken by a folder.
    """
    if directory.exists():
        writable_directory("out", directory)
    require_files("out", *_paths(directory))


def _paths(directory: Path) -> list[Path]:
    return [directory / name for name in _files(FIGURES)]


def _files(names: Iterable[str]) -> list[str]:
    return [f"{name}.{suffix}" for name in names for suffix in SUFFIXES]
