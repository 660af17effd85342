"""What a study that trains nothing is, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from experiments.results.record import Row
from experiments.studies.shared.study import Study
from scm.registry import Registry


@runtime_checkable
class ExactStudy(Protocol):
    """A sweep of exact numbers over worlds, the rows behind a figure.

    It takes seconds, so it has one preset, and it judges nothing: claims do.

    Attributes:
        name: unique, also among studies that train.
        version: raised by hand when the meaning of its rows changes.
        claims: ids of the claims it speaks to.
        figure: name of the figure that is drawn from its rows.
        title: what it shows, in a sentence.
    """

    name: str
    version: int
    claims: tuple[str, ...]
    figure: str
    title: str

    def rows(self) -> list[Row]:
        """Compute everything."""
        ...


EXACT_STUDIES: Registry[ExactStudy] = Registry("exact study", "token_scm.exact_studies")
"""Exact studies by name, in the order they run."""

AnyStudy = TypeVar("AnyStudy", Study, ExactStudy)


def speaking_to(only: Sequence[str], studies: Mapping[str, AnyStudy]) -> list[AnyStudy]:
    """The studies that speak to one of some claims; all if no claim is named."""
    return [study for study in studies.values() if not only or set(study.claims) & set(only)]
