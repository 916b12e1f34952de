"""Text from foreign files made harmless for a terminal, which obeys the control characters in what it is shown.

A column's name, a sheet's, a file's or a provider's may hold an escape sequence that clears the screen, or a character
that turns the direction of writing, so that a line reads otherwise than it says. Both are shown as what they are.
"""

from __future__ import annotations

import functools
import sys
import traceback
import unicodedata
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, ParamSpec, TypeVar, cast

#: Characters that turn the direction of what follows, mark a direction, or end a line unseen.
_TURNING = "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = [chr(code) for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc"]
_SHOWN = {ord(one): one.encode("unicode_escape").decode() for one in [*_CONTROLS, *_TURNING]}
_LINES = {code: shown for code, shown in _SHOWN.items() if chr(code) not in "\n\t"}

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def one_line(text: str) -> str:
    r"""Return text from a file as it may stand within a line: no control character is left, and no line break.

    Examples
    --------
    >>> print(one_line("out\x1b[31mcome\nClean"))
    out\x1b[31mcome\nClean
    """
    return text.translate(_SHOWN)


def harmless(text: str) -> str:
    """Return lines that are ours as they may reach a terminal: of control characters only line breaks and tabs stay."""
    return text.translate(_LINES)


class Screen:
    """Stands before a text stream and makes everything harmless that is written to it.

    Attributes
    ----------
    stream
        The stream behind it.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text without the control characters in it."""
        return int(self.stream.write(harmless(text)))

    def __getattr__(self, name: str) -> Any:
        # A writer that finds the bytes behind the text would write past this one.
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self.stream, name)


def bare(stream: Any) -> Any:
    """Return the stream behind a :class:`Screen`, for a progress bar, which moves the cursor by control characters."""
    return stream.stream if isinstance(stream, Screen) else stream


def harmless_output(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let everything that a command writes, its libraries' messages and tracebacks too, pass a :class:`Screen`."""

    @functools.wraps(command)
    def shown(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        sys.excepthook = _show_traceback
        out, err = cast("Any", Screen(sys.stdout)), cast("Any", Screen(sys.stderr))
        with redirect_stdout(out), redirect_stderr(err):
            return command(*args, **kwargs)

    return shown


def _show_traceback(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    Screen(sys.stderr).write("".join(traceback.format_exception(kind, error, trace)))
