"""Verdicts: a prediction, a measurement, and whether the one bears out the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from proofs_check.claim import CLAIMS
from proofs_check.comparison import Comparison, Relation
from scm.arguments import require, require_choice

Kind = Literal["claim", "control", "identity", "finding"]
Method = Literal["exact", "trained", "data"]
Basis = Literal["derived", "chosen"]


@dataclass(frozen=True)
class Verdict:
    """One comparison of a theorem's prediction with a number.

    Attributes:
        id: unique in a report, e.g. ``T2/independent/image to z_inv``.
        claim: the statement it speaks to, e.g. ``T2``.
        kind: ``claim``; ``control``, where an assumption is broken and ``relation`` states the
            failure that is predicted; ``identity``, which holds at any weights or by construction:
            it tests the code, gates like a test and is never evidence; ``finding``, reported as
            found, which never gates.
        method: ``exact``, ``trained``, or ``data`` of what was measured in files that a user gave.
        study: the study whose rows it is read from.
        setting: the study's setting.
        metric: what was measured.
        relation: how measured should stand to predicted; ``>`` is strict, and asks it of the whole
            interval unless the method is ``exact``, so that it never holds of one seed.
        predicted: the prediction.
        measured: the measurement, mean over seeds.
        interval: 95 % interval of the mean over seeds, wider where ``metric`` says that it is
            corrected for many comparisons, or over resampled captions where the method is ``data``;
            None for one seed or an exact value.
        tolerance: slack of the relation, at least 0.
        basis: whether tolerance and bound are ``derived``, from what the error of the number can
            be, or ``chosen``.
        seconds: time that the measurement took.
        headline: whether it is among what a reader should see first.

    Raises:
        ArgumentError: for an unknown claim, kind, method, relation or basis.
    """

    id: str
    claim: str
    kind: Kind
    method: Method
    study: str
    setting: str
    metric: str
    relation: Relation
    predicted: float
    measured: float
    interval: tuple[float, float] | None
    tolerance: float
    seconds: float
    basis: Basis = "derived"
    headline: bool = False

    def __post_init__(self) -> None:
        require_choice("claim", self.claim, CLAIMS)
        for name, choices in (
            ("kind", Kind),
            ("method", Method),
            ("relation", Relation),
            ("basis", Basis),
        ):
            require_choice(name, getattr(self, name), get_args(choices))

    @classmethod
    def exact(
        cls,
        comparison: Comparison,
        *,
        claim: str,
        kind: Kind,
        study: str,
        setting: str,
        seconds: float,
    ) -> Verdict:
        """An exact comparison, judged.

        Args:
            comparison: what was measured; an identity whatever ``kind`` says if it says so.
            claim: the statement it speaks to.
            kind: of the verdict.
            study: what compared.
            setting: the study's setting.
            seconds: time that the measurement took.
        """
        return cls(
            id=f"{claim}/{setting}/{comparison.metric}",
            claim=claim,
            kind="identity" if comparison.identity else kind,
            method="exact",
            study=study,
            setting=setting,
            metric=comparison.metric,
            relation=comparison.relation,
            predicted=float(comparison.predicted),
            measured=float(comparison.measured),
            interval=None,
            tolerance=comparison.tolerance,
            seconds=seconds,
            basis="chosen" if comparison.chosen else "derived",
        )

    @classmethod
    def of_data(
        cls,
        *,
        claim: str,
        study: str,
        setting: str,
        metric: str,
        relation: Relation,
        predicted: float,
        measured: float,
        interval: tuple[float, float] | None,
        seconds: float,
        basis: Basis = "derived",
        about: str | None = None,
    ) -> Verdict:
        """A finding in files that a user gave; it never gates, and has no slack.

        Args:
            claim: see `Verdict`, as for all that is not named here.
            study: see there.
            setting: see there.
            metric: see there.
            relation: see there.
            predicted: what is beside it: chance, a baseline, what others found.
            measured: see there.
            interval: see there.
            seconds: see there.
            basis: see there.
            about: what tells it from others of the setting; the metric if None.
        """
        return cls(
            id=f"{claim}/{setting}/{metric if about is None else about}",
            claim=claim,
            kind="finding",
            method="data",
            study=study,
            setting=setting,
            metric=metric,
            relation=relation,
            predicted=predicted,
            measured=measured,
            interval=interval,
            tolerance=0.0,
            seconds=seconds,
            basis=basis,
        )

    @classmethod
    def from_json(cls, fields_of: Mapping[str, Any]) -> Verdict:
        """The verdict of which `to_json` made these fields.

        Raises:
            ArgumentError: if a field is missing or of another kind, or says what no verdict does.
        """
        named: dict[str, Any] = {one.name: fields_of.get(one.name) for one in fields(cls)}
        for name in ("id", "claim", "kind", "method", "study", "setting", "metric", "relation"):
            require(isinstance(named[name], str), name, "text in every verdict", named[name])
        for name in ("predicted", "measured", "tolerance", "seconds"):
            named[name] = _number(name, named[name])
        if named["interval"] is not None:
            ends = named["interval"]
            is_pair = isinstance(ends, list) and len(ends) == 2
            require(is_pair, "interval", "two numbers or null", ends)
            named["interval"] = tuple(_number("interval", end) for end in ends)
        named["headline"] = fields_of.get("headline") is True
        return cls(**named)

    @property
    def holds(self) -> bool:
        """Whether the relation holds within the tolerance; never with a NaN."""
        if self.relation == ">" and self.method != "exact":
            return self.supported is True
        return self._holds_at(self.measured)

    @property
    def supported(self) -> bool | None:
        """Whether the relation holds at both ends of the interval; None where there is none."""
        if self.interval is None:
            return None
        return all(self._holds_at(end) for end in self.interval)

    @property
    def margin(self) -> float | None:
        """The share of its room that a number has left before its verdict turns.

        The room is the tolerance of ``~=`` and of all that is exact, and the larger of bound and
        number of another bound, which a strict one asks of the whole interval. Below 0 where it
        does not hold; None where there is no room, as of counts.
        """
        strict = self.relation == ">" and self.method != "exact"
        measured = self.interval[0] if strict and self.interval else self.measured
        by_tolerance = self.relation == "~=" or self.method == "exact"
        scale = max(abs(self.predicted), abs(measured))
        room = self.tolerance if by_tolerance else scale
        return self._compared(measured).slack / room if room > 0 else None

    @property
    def gates(self) -> bool:
        """Whether a failure of this verdict fails the report."""
        return self.kind != "finding"

    def to_json(self) -> dict[str, Any]:
        """All fields, ``holds``, ``supported``, the claim's statement and source; NaN is null."""
        fields = asdict(self) | {"holds": self.holds, "supported": self.supported}
        claim = CLAIMS[self.claim]
        fields |= {"statement": claim.statement, "source": claim.source}
        return {name: _finite_or_none(value) for name, value in fields.items()}

    def _holds_at(self, measured: float) -> bool:
        return self._compared(measured).holds

    def _compared(self, measured: float) -> Comparison:
        return Comparison(self.metric, self.relation, self.predicted, measured, self.tolerance)


def _number(name: str, value: Any) -> float:
    """A number as JSON has it, in which null is NaN."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    require(value is None or is_number, name, "a number or null in every verdict", value)
    return math.nan if value is None else float(value)


def _finite_or_none(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_finite_or_none(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
