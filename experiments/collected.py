"""What a job has stored so far, and the studies that are whole by then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from experiments.measuring import ROWS, stored_rows
from experiments.plan import Asked, Plan, Task, Work
from experiments.progress import JobBar, console
from experiments.results.record import Row
from experiments.results.units import Units
from experiments.training.run import RUNS
from scm.arguments import ArgumentError

GLANCE = 1.0
"""Seconds between two looks at what workers have stored."""

VISIBLE = 60.0
"""Seconds within which what a worker stores is seen here; network file systems remember for half a
minute that a file was not there."""

StudyRows = tuple[list[Row], dict[str, float]]
"""Rows of a study, derived ones last, and what each of its settings took, in seconds, by name."""


class Collected:
    """What has been stored of a plan: looked for on disk, so that it does not matter by whom.

    Attributes:
        new: file names of units that were not there when this began.

    Args:
        plan: what is asked for, and what is left to do.
        units: where rows are kept.
        weights: see `Plan.weights`.
        bar: is moved.
        whole: called whenever further studies have all their rows, with those of all that have.
        force: whether what is to be done may be stored already, and does not count.
    """

    def __init__(
        self,
        plan: Plan,
        units: Units,
        weights: Mapping[str, float],
        bar: JobBar,
        whole: Callable[[Mapping[str, StudyRows]], object],
        *,
        force: bool,
    ) -> None:
        self._asked = plan.asked
        self._units, self._weights, self._bar, self._whole = units, weights, bar, whole
        self._left = {work.asked.key: work for work in plan.work}
        self._steps: dict[str, int] = {}
        # What is to be computed again may be there. Else whatever is found counts: another job may
        # have stored it since the plan was made.
        self._before = {key: self._mark(key) if force else None for key in self._left}
        self._measured: dict[str, tuple[list[Row], float]] = {}
        self._studies: dict[str, StudyRows] = {}
        names = [units.path(ROWS, key).name for key in self._left]
        names += [units.path(RUNS, run.key).name for work in plan.work for run in work.runs]
        self.new = set(names)

    def within(self, work: Work, steps: int = 0) -> None:
        """Move the bar to a setting, and by what was trained for it.

        Args:
            work: the setting.
            steps: of its training that were done since this was last called.
        """
        self._steps[work.asked.key] = self._steps.get(work.asked.key, 0) + steps
        begun = [work for key, work in self._left.items() if work.steps and key in self._steps]
        self._bar.within(work.asked.label, sum(map(self._trained_weight, begun), 0.0))

    def _trained_weight(self, work: Work) -> float:
        key = work.asked.key
        return self._weights[key] * min(self._steps[key] / work.steps, 1.0)

    def look(self) -> None:
        """Read what is new, say so, and hand on the studies that are whole by now."""
        for one in self._asked:
            work = self._left.get(one.key)
            if one.key in self._measured or (work and not self._is_there(one.key)):
                continue
            measured = stored_rows(self._units, one.key)
            assert measured is not None, one.label
            self._measured[one.key] = measured
            if work is not None:
                del self._left[one.key]
                self._bar.finish(self._weights[one.key])
                if one.setting.run is not None:
                    console.print(f"{one.label}: {measured[1]:.0f} s", highlight=False)
        self._hand_on()

    def expect(self, task: Task) -> None:
        """Wait until all of a task is seen, which is done.

        Args:
            task: what was done.

        Raises:
            ArgumentError: if it is not seen in time.
        """
        end = time.monotonic() + VISIBLE
        for work in task:
            while work.asked.key in self._left and not self._is_there(work.asked.key):
                if time.monotonic() > end:
                    raise ArgumentError(
                        "out: expected a folder that all workers share, got "
                        f"{str(self._units.directory)!r}, where the rows of {work.asked.label} did "
                        "not arrive"
                    )
                time.sleep(GLANCE / 10)

    @property
    def complete(self) -> bool:
        """Whether all that is asked for was read."""
        return not self._left

    def studies(self) -> dict[str, StudyRows]:
        """The studies that are whole, in the order in which they are asked for."""
        return {
            one.study.name: self._studies[one.study.name]
            for one in self._asked
            if one.study.name in self._studies
        }

    def _hand_on(self) -> None:
        further = False
        for name, asked in _by_study(self._asked).items():
            if name in self._studies or any(one.key not in self._measured for one in asked):
                continue
            further = True
            rows = [row for one in asked for row in self._measured[one.key][0]]
            seconds = {one.setting.name: self._measured[one.key][1] for one in asked}
            self._studies[name] = [*rows, *asked[0].study.derive(rows)], seconds
        if further:
            self._whole(self.studies())

    def _is_there(self, key: str) -> bool:
        """Whether the rows that are to be made were stored."""
        return self._mark(key) != self._before[key]

    def _mark(self, key: str) -> tuple[int, int] | None:
        """What tells a unit's file from an earlier one in its place; None if there is none."""
        try:
            found = self._units.path(ROWS, key).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


def _by_study(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for one in asked:
        found.setdefault(one.study.name, []).append(one)
    return found
