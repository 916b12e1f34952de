"""The simple draw: a share or a number of any list, by tickets that anyone can check (``docs/protocol.md`` §11).

The list is frozen and the digest of the freeze fixed before there is a seed; the ticket of a row is the SHA-256 of
``digest:seed:key``, and the lowest win. A scheme declares its draws; what was frozen and drawn tells by itself what
it is, so that it can be checked where no scheme is installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from qa_lib.errors import SampleError
from qa_lib.files import held, list_folder, write_together
from qa_lib.sampling.draw_folders import list_draws_in, list_files
from qa_lib.sampling.drawing import check_seed
from qa_lib.sampling.identifiers import forbidden_character, identifier_fault, normalise_identifier
from qa_lib.sampling.protocol import (
    VERSION,
    canonical_json,
    ceil_share,
    parse_rate,
    read_canonical_json,
    read_csv,
    sha256_hex,
    write_csv,
)
from qa_lib.sampling.seeds import new_seed
from qa_lib.sampling.tickets import tickets

TICKET = "ticket"
_WORD = re.compile("[a-z][a-z0-9_]*")
#: What a list cannot be called: it counts its rows under its name, beside these keys, and other draws have such files.
_TAKEN = {"number", "period", "population_digest", "protocol", "provider", "purpose", "rate", "seed_source"}
_TAKEN |= {"population", "sample"}
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class ListDraw:
    """A draw from a list, as a scheme declares it in ``Scheme.list_draws``.

    :func:`qa_lib.register.list_draws.draw_from_list` freezes and draws it.

    Attributes
    ----------
    name
        What is drawn, in the plural and in small letters with ``_`` between words, such as ``scripts``. The four files
        begin with it (``scripts.csv``, ``scripts-freeze.json``, ``scripts-sample.csv``, ``scripts-draw.json``), and
        the freeze counts the list under it: once something was drawn it stays.
    columns
        The columns of the list, in small letters; the first is the key, of which the tickets are made.
    purpose
        What the sample is for, in a few words; the freeze binds it.
    population
        Who may be drawn: a function of a :class:`qa_lib.audit.audit.Audit`, one provider's data as known on a day, and
        the period, that returns one row for each, with these columns. It need not care for a table or column that is
        missing, and raises ``NothingToShow`` where there is nothing to draw from.
    rule
        The rule, and the field of its value, that say how many are drawn.
    takes
        Whether that is a share of the list (``rate``, rounded up, exact) or a ``number`` of its rows.

    Examples
    --------
    >>> ListDraw(
    ...     name="visits",
    ...     columns=("school", "region"),
    ...     purpose="observation of assessors",
    ...     population=lambda audit, period: audit.own("visits", "school", "region"),
    ...     rule=("ICT.OBS.1", "sample"),
    ... ).takes
    'rate'
    """

    name: str
    columns: tuple[str, ...]
    purpose: str
    population: Callable[..., pd.DataFrame]
    rule: tuple[str, str]
    takes: Literal["rate", "number"] = "rate"


@dataclass(frozen=True, kw_only=True)
class FrozenList:
    """A frozen list and, once there is a seed, its sample.

    Attributes
    ----------
    name
        What is drawn.
    population
        The list by its key, the first column, in code-point order; all text.
    content
        What the freeze binds: purpose, provider, period, rate as text or number, how many there are, digest of the
        list, source of the seed.
    seed
        The seed; blank while the freeze waits for one.
    remarks
        What was done to the seed before it was drawn with; said once, when the draw is made.
    """

    name: str
    population: pd.DataFrame
    content: Mapping[str, Any]
    seed: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """``drawn`` or ``waiting for seed``."""
        return "drawn" if self.seed else "waiting for seed"

    @property
    def digest(self) -> str:
        """The freeze digest: SHA-256 of the freeze."""
        return sha256_hex(canonical_json(self.content))

    @property
    def size(self) -> int:
        """How many are drawn: the number, at most all, or the share rounded up, exactly."""
        number: int = self.content.get("number", len(self.population))
        return min(number, ceil_share(parse_rate(self.content.get("rate", 1)), len(self.population)))

    @cached_property
    def sample(self) -> pd.DataFrame:
        """The rows drawn, with their ``ticket``, by key in code-point order; none while the freeze waits."""
        drawn = tickets(self.population.iloc[:, 0].tolist(), digest=self.digest, seed=self.seed)
        places = sorted(drawn.order[: self.size if self.seed else 0].tolist())
        ticket = pd.Series([drawn.text(place) for place in places], dtype="str")
        return self.population.iloc[places].reset_index(drop=True).assign(**{TICKET: ticket})

    @property
    def draw_content(self) -> dict[str, str]:
        """What the draw binds: seed, digests of freeze and sample."""
        bound = {"freeze_digest": self.digest, "sample_digest": sha256_hex(_csv(self.sample))}
        return {**bound, "protocol": VERSION, "seed": self.seed}

    def files(self) -> dict[str, bytes]:
        """Return the freeze and, once drawn, the sample as files by name, verbatim."""
        listed, freeze, sample, draw = list_files(self.name)
        files = {listed: _csv(self.population), freeze: canonical_json(self.content)}
        if self.seed:
            files |= {sample: _csv(self.sample), draw: canonical_json(self.draw_content)}
        return files

    def write(self, folder: Path) -> None:
        """Write the files, all or none; of two people who draw in one folder at once one draw stands.

        Raises
        ------
        SampleError
            If the folder holds another freeze or draw of that name.
        """
        listed, freeze, _, draw = list_files(self.name)
        files = self.files()
        with held(folder / freeze, waiting=True) if (folder / freeze).is_file() else nullcontext():
            for name in (listed, freeze, draw):
                if name in files and (folder / name).exists() and (folder / name).read_bytes() != files[name]:
                    stands = "what was frozen or drawn there is never made again"
                    raise SampleError(f"{folder} holds another {name}; {stands}: choose another folder")
            write_together(folder, files)


def freeze_list(
    name: str,
    rows: pd.DataFrame,
    *,
    purpose: str,
    provider: str,
    period: str,
    rate: Fraction | str | None = None,
    number: int | None = None,
    seed_source: str = "",
) -> FrozenList:
    """Freeze a list; it waits for a seed.

    Parameters
    ----------
    name
        What is drawn, as in :class:`ListDraw`.
    rows
        One row for each that may be drawn; the first column is the key.
    purpose, provider, period
        What the sample is for, whose list it is, and of when.
    rate, number
        The share to draw, exact, or how many: one of the two.
    seed_source
        Where the seed will come from, named beforehand.

    Raises
    ------
    SampleError
        If a key repeats, a text cannot be hashed the same everywhere, or rate or number are none.

    Examples
    --------
    >>> visits = pd.DataFrame({"school": ["Ash", "Elm", "Oak"]})
    >>> frozen = freeze_list("visits", visits, purpose="observation", provider="North", period="2024", number=2)
    >>> frozen.size, frozen.status
    (2, 'waiting for seed')
    """
    frame = _normalised(name, rows)
    content = {
        name: len(frame),
        "period": period,
        "population_digest": sha256_hex(_csv(frame)),
        "protocol": VERSION,
        "provider": provider,
        "purpose": purpose,
        "seed_source": normalise_identifier(seed_source),
    }
    if rate is not None and number is None:
        exact = parse_rate(rate)
        content["rate"] = f"{exact.numerator}/{exact.denominator}"
    elif rate is None and type(number) is int and number > 0:
        content["number"] = number
    else:
        raise SampleError(f"rate is {rate!r} and number {number!r}; expected one of them, the number from 1")
    return FrozenList(name=name, population=frame, content=content)


def _normalised(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a list as it is frozen: normalised text by key."""
    columns = list(map(str, rows.columns))
    named = columns and all(map(_WORD.fullmatch, [name, *columns])) and name not in _TAKEN
    if not named or len({*columns, TICKET}) <= len(columns):
        what = f"a list {name!r} with the columns {columns} cannot be frozen"
        raise SampleError(f"{what}; expected other names, each once, in small letters")
    frame = rows.astype("str").fillna("").map(normalise_identifier).astype("str")
    key, *others = columns
    faults = [f"{text!r} {fault}" for text in frame[key] if (fault := identifier_fault(text))]
    faults += [f"{text!r} is there twice" for text in frame.loc[frame[key].duplicated(), key]]
    for column in others:
        faults += [f"{column} {text!r} {fault}" for text in frame[column] if (fault := forbidden_character(text))]
    if faults:
        shown = "; ".join(sorted(set(faults))[:_SHOWN])
        raise SampleError(f"the list of {name} is refused, because of its ids: {shown}; mend them")
    return frame.sort_values(key, key=lambda column: column.astype("object"), ignore_index=True)


def draw_list(frozen: FrozenList, *, seed: str) -> FrozenList:
    """Draw a frozen list with a seed that is given now, of somebody who could not choose the list.

    Raises
    ------
    SampleError
        If anybody could have foreseen the seed, it is too short or holds control characters, or the list was drawn
        with another one.
    """
    given, remarks = new_seed(seed, known=(frozen.digest, *frozen.content.values()))
    return replace(draw_list_again(frozen, seed=given), remarks=remarks)


def draw_list_by_series(frozen: FrozenList, *, series: str) -> FrozenList:
    """Draw a frozen list in a back-run: the seed is the operator's series, provider and period, joined by ``/``.

    Raises
    ------
    SampleError
        As :func:`draw_list_again`.
    """
    return draw_list_again(frozen, seed="/".join([series, frozen.content["provider"], frozen.content["period"]]))


def draw_list_again(frozen: FrozenList, *, seed: str) -> FrozenList:
    """Draw a frozen list with the seed of a draw that stands: only what the protocol asks of a seed is asked.

    Raises
    ------
    SampleError
        If the seed is too short or holds control characters, or the list was drawn with another one.
    """
    checked = check_seed(seed)
    if frozen.seed not in ("", checked):
        raise SampleError(f"these {frozen.name} were drawn already with another seed; a draw is never made again")
    return replace(frozen, seed=checked, remarks=())


def freeze_list_again(name: str, content: Mapping[str, Any], listed: bytes) -> FrozenList:
    """Freeze a list anew from its files: what it does not give as the stored freeze says it was changed.

    Parameters
    ----------
    name
        What is drawn.
    content, listed
        What the freeze binds, and the bytes of the list.

    Raises
    ------
    SampleError
        If the list is not in the protocol's form or cannot be frozen.
    """
    columns = listed.split(b"\n", 1)[0].decode(errors="replace").split(",")
    rows = read_csv(listed, columns, name=list_files(name)[0])
    about: dict[str, Any] = {key: str(content.get(key, "")) for key in ("purpose", "provider", "period", "seed_source")}
    size = {"number": content["number"]} if "number" in content else {"rate": str(content.get("rate", ""))}
    return freeze_list(name, pd.DataFrame(rows, columns=columns, dtype="str"), **about, **size)


def draw_list_folder(folder: Path, *, seed: str, name: str = "") -> FrozenList:
    """Draw the frozen list that lies in a folder with a seed given now, and write the sample beside it.

    A list that was drawn with this seed before is returned as it stands.

    Parameters
    ----------
    folder, seed
        The folder, and the seed.
    name
        Which list, where several lie in the folder.

    Raises
    ------
    SampleError
        If the folder holds no such list, or several and none is named; if its files were changed, the seed is refused,
        or the list was drawn with another one.
    """
    here = [one for one in list_draws_in(list_folder(folder)) if "/" not in one] if folder.is_dir() else []
    chosen = [one for one in here if name in ("", one)]
    if len(chosen) != 1:
        expected = f"one called {name}" if name else "one frozen list, or the name of one (--list)"
        raise SampleError(f"{folder} holds {' and '.join(here) or 'no frozen list'}; expected {expected}")
    listed, freeze, *_ = list_files(chosen[0])
    content = read_canonical_json((folder / freeze).read_bytes(), name=freeze)
    drawn = draw_list(freeze_list_again(chosen[0], content, (folder / listed).read_bytes()), seed=seed)
    drawn.write(folder)  # refuses the folder where this is not what was frozen
    return drawn


def _csv(frame: pd.DataFrame) -> bytes:
    return write_csv(list(frame.columns), frame.itertuples(index=False, name=None))
