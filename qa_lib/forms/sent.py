"""The workbooks that were sent, and of which form they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_lib.errors import IntakeError
from qa_lib.forms.declaration import Form
from qa_lib.forms.opening import read_sheets
from qa_lib.lookalikes import word_form
from qa_lib.sampling.protocol import sha256_hex


@dataclass(frozen=True)
class Sent:
    """A workbook as it was sent: what to call it, its bytes, and their SHA-256."""

    name: str
    data: bytes
    digest: str


def sent_workbooks(workbooks: Sequence[str | Path | bytes]) -> list[Sent]:
    """Return workbooks in the order of their digests, so that it does not matter in which order they are named.

    The same bytes twice are one workbook. Files of one name are called by their paths.

    Raises
    ------
    IntakeError
        If a file cannot be read.
    """
    by_digest: dict[str, tuple[str | Path, bytes]] = {}
    for one in workbooks:
        data = one if isinstance(one, bytes) else _content(Path(one))
        by_digest.setdefault(sha256_hex(data), ("" if isinstance(one, bytes) else one, data))
    short = [Path(path).name for path, _ in by_digest.values()]
    sent = []
    for number, digest in enumerate(sorted(by_digest), start=1):
        path, data = by_digest[digest]
        name = Path(path).name if short.count(Path(path).name) == 1 else str(path)
        nameless = "the workbook" if len(by_digest) == 1 else f"workbook {number}"
        sent.append(Sent(name or nameless, data, digest))
    return sent


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IntakeError(f"{path} cannot be read ({error.strerror}); expected the .xlsx file of a return") from error


def recognised(sent: Sequence[Sent], forms: Sequence[Form]) -> Form:
    """Return the one form that workbooks are of: the one of whose sheets they have most.

    Raises
    ------
    IntakeError
        If a workbook cannot be read, is of none of the forms, or they are of several.
    """
    found = {one.name: _form_of(one, forms) for one in sent}
    if len({form.name for form in found.values()}) > 1:
        which = " and ".join(f"{name} is a {form.name}" for name, form in found.items())
        raise IntakeError(f"{which}: import the workbooks of each form by themselves")
    return next(iter(found.values()))


def _form_of(sent: Sent, forms: Sequence[Form]) -> Form:
    names = " or ".join(form.name for form in forms)
    facts = [form.facts for form in forms]  # what has one is no data set, even where a sheet is called as a table
    titles = {word_form(title) for title in read_sheets(sent.data, sent.name, titles=facts, form=names)}
    known = {form.name: len(titles & {word_form(title) for title in form.columns}) for form in forms}
    if not any(known.values()):
        expected = " or ".join(f"a {form.name} (sheets {', '.join(form.columns)})" for form in forms)
        raise IntakeError(f"{sent.name} is no form that was sent out: expected {expected}")
    return max(forms, key=lambda form: known[form.name])
