"""A rate on the command line: ``0.05``, ``5%`` or ``1/20``, refused before anything is read."""

from __future__ import annotations

from typing import Any

import click


class Rate(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A rate as it was written, or with ``number`` as a decimal number."""

    name = "rate"

    def __init__(self, *, number: bool = False) -> None:
        self._number = number

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        """Return the text as it came, or its number; refuse what is no rate."""
        from qa_lib.rates import exact_rate

        exact = exact_rate(value, name=param.opts[0] if param is not None else "the rate")
        return float(exact) if self._number else value
