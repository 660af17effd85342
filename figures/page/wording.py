"""Numbers and outcomes in words, as a page shows them."""

from __future__ import annotations

import math
import re
from typing import Any

from proofs_check.verdict import Verdict

MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"

_RELATIONS = {">=": "≥", "<=": "≤", "~=": "≈", ">": ">"}

_PLACE = re.compile(r"""(?<![^\s'"=:,])(?:~|[A-Za-z]:)?[\\/][^\s'",:]*""")
"""A path that begins at the root of a machine, or in somebody's home."""


def number(value: float) -> str:
    """Three digits; what is very small or large by its power of ten.

    Args:
        value: any float.
    """
    if not math.isfinite(value):
        return str(value)
    if value and not 1e-3 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa} {TIMES} 10{_raised(int(exponent))}".replace("-", MINUS, 1)
    text = f"{value:.0f}" if value == round(value) else f"{value:.3f}"
    return text.replace("-", MINUS)


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def predicted(verdict: Verdict) -> str:
    """What measured is compared with, and the slack it has.

    Args:
        verdict: of any kind.
    """
    sign = {">=": MINUS, "<=": "+", "~=": "±", ">": "+"}[verdict.relation]
    slack = f" {sign} {number(verdict.tolerance)}" if verdict.tolerance else ""
    return f"{_RELATIONS[verdict.relation]} {number(verdict.predicted)}{slack}"


def interval(verdict: Verdict) -> str:
    """The interval of what was measured; empty where there is none.

    Args:
        verdict: of any kind.
    """
    if verdict.interval is None:
        return ""
    low, high = verdict.interval
    return f"{number(low)} to {number(high)}"


def outcome(verdict: Verdict) -> str:
    """Whether it holds: one of three words.

    Args:
        verdict: of any kind; a finding does not fail.
    """
    return "holds" if verdict.holds else "fails" if verdict.gates else "no"


def share(value: float) -> str:
    """A share in per cent, with a digit behind the point where it is small.

    Args:
        value: 1 is all.
    """
    percent = 100 * value
    if percent < 0.1:
        return "< 0.1 %"
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"


def without_places(command: str) -> str:
    """A command without where on a machine its files are: the last part of a path stays.

    Args:
        command: as it was given.
    """
    return _PLACE.sub(lambda found: "…/" + re.split(r"[\\/]", found[0].rstrip("\\/"))[-1], command)


def plain(value: Any) -> str:
    """A value of a manifest or of a label as text.

    Args:
        value: None is "unknown".
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    return str(value)
