"""What ends a run that was begun."""

from __future__ import annotations

from typing import ClassVar


class StoppedError(RuntimeError):
    """A run that cannot go on; the text says why in one sentence.

    Attributes:
        by_what_was_asked: whether other settings would mend it, rather than another machine.
    """

    by_what_was_asked: ClassVar[bool]
