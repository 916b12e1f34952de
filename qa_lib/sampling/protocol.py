"""The bytes of the draw protocol: canonical JSON, the CSV dialect, digests, rates (``docs/protocol.md`` §2)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from qa_lib.errors import SampleError
from qa_lib.rates import exact_rate

VERSION = "1"
#: Head of a draw chain that has no entry yet.
NO_ENTRY = "0" * 64


def sha256_hex(content: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text's UTF-8 bytes, in lower-case hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def canonical_json(content: Any) -> bytes:
    r"""Return the one way in which the protocol writes a JSON value.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": "é"}).decode()
    '{"a":"é","b":1}\n'
    """
    return (json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def read_canonical_json(content: bytes, *, name: str) -> dict[str, Any]:
    """Read an object back and refuse bytes that are not its canonical form.

    Raises
    ------
    SampleError
        If the bytes are not JSON, not an object, or written in another way than the protocol's.
    """
    try:
        value = json.loads(content)
        canonical = canonical_json(value) if isinstance(value, dict) else b""
    except (ValueError, RecursionError, UnicodeError) as error:
        raise SampleError(
            f"{name} is not readable JSON ({type(error).__name__}); use the file as it was written"
        ) from None
    if canonical != content:
        raise SampleError(
            f"{name} is not in canonical form; it was edited or saved by another program: fetch the original"
        )
    result: dict[str, Any] = value
    return result


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows in the protocol's dialect: comma, LF, double quotes only where a comma or a quote needs them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def read_csv(content: bytes, columns: Sequence[str], *, name: str) -> list[list[str]]:
    """Read rows written by :func:`write_csv`.

    Raises
    ------
    SampleError
        If the header differs, a row has another number of fields, or the bytes are not in the protocol's dialect.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (UnicodeError, csv.Error) as error:
        raise SampleError(f"{name} cannot be read as CSV ({error}); use the file as it was written") from None
    if not rows or rows[0] != list(columns):
        raise SampleError(f"{name} has the columns {rows[0] if rows else []}; expected {list(columns)}")
    ragged = [number for number, row in enumerate(rows, start=1) if len(row) != len(columns)]
    if ragged:
        raise SampleError(f"{name} has another number of fields than its header in rows {ragged[:10]}")
    if write_csv(columns, rows[1:]) != content:
        raise SampleError(
            f"{name} is not in the protocol's dialect (UTF-8, LF, quotes only where needed): "
            "it was edited or saved by another program; fetch the original"
        )
    return rows[1:]


def parse_rate(text: str | int | Fraction, *, name: str = "rate") -> Fraction:
    """Read an exact rate between 0 and 1 from text such as ``"0.05"``, ``"5%"`` or ``"1/20"``.

    Raises
    ------
    SampleError
        If the text is no such number, or a float, which a protocol file does not hold.

    Examples
    --------
    >>> parse_rate("0.05")
    Fraction(1, 20)
    >>> parse_rate("5 %")
    Fraction(1, 20)
    """
    if isinstance(text, float):
        raise SampleError(f"{name} {text!r} is a float; give it as text, e.g. '0.05', so that it is exact")
    return exact_rate(text, name=name, error=SampleError)


def ceil_share(rate: Fraction, count: int) -> int:
    """Return ⌈rate × count⌉ in integers.

    Floats lie here: ``math.ceil(0.05 * 60)`` is 3 but ``math.ceil(60 * (1 - 0.95))`` is 4.

    Examples
    --------
    >>> [ceil_share(Fraction(1, 20), count) for count in (0, 1, 20, 21, 60, 61)]
    [0, 1, 1, 2, 3, 4]
    """
    return -(-rate.numerator * count // rate.denominator)
