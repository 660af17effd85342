"""The command line: ``tokenscm``.

Exit codes: 0, or 1 where a claim does not hold; 2 on bad usage; 3 if the program fails; as shells
have it, 130 if it is interrupted and 141 if nobody reads its output.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence

BAD_USAGE, FAILED, INTERRUPTED, NOBODY_READS = 2, 3, 130, 141


def main() -> None:
    """Entry point of the console script."""
    # Figures are files: what shows them where a user works is not asked for.
    os.environ["MPLBACKEND"] = "agg"
    for stream in _streams():
        stream.reconfigure(errors="replace")
    sys.exit(_exit_code(sys.argv[1:]))


def _exit_code(arguments: Sequence[str]) -> int:
    """Run a command, and give whatever happens a code."""
    try:
        code = _run(arguments)
        for stream in _streams():
            stream.flush()
    except BrokenPipeError:
        _discard_output()
        return NOBODY_READS
    except KeyboardInterrupt:
        # A second one ends at once what is left.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        print("tokenscm: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        return FAILED
    return code


def _run(arguments: Sequence[str]) -> int:
    # Imports take seconds, in which a user may interrupt.
    from experiments.commands.parse import load, parse
    from experiments.stopped import StoppedError
    from scm.arguments import ArgumentError
    from scm.plugins import load_plugins
    from scm.version import VERSION

    if list(arguments) == ["--version"]:
        print(f"tokenscm {VERSION}")
        return 0
    try:
        commands = load(arguments)
        # What is imported has its registries.
        for failure in load_plugins():
            print(f"tokenscm: {failure}", file=sys.stderr)
        return parse(commands, arguments).run()
    except SystemExit as stop:
        # The parser has printed help, or what is wrong.
        return BAD_USAGE if stop.code else 0
    except ArgumentError as error:
        print(f"tokenscm: {error}", file=sys.stderr)
        return BAD_USAGE
    except StoppedError as error:
        print(f"tokenscm: {error}", file=sys.stderr)
        return BAD_USAGE if error.by_what_was_asked else FAILED


def _streams() -> list[io.TextIOWrapper]:
    """Standard output and error, where they are open."""
    return [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, io.TextIOWrapper)]


def _discard_output() -> None:
    """Send what waits for a broken pipe nowhere, before the interpreter tries once more."""
    for stream in _streams():
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
