"""What became of a moderation return, and how the terminal says it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from qa_lib.register.return_record import Recorded
from qa_lib.sampling.frozen import Freeze

_CHANGES_SHOWN = 20


def named(freeze: Freeze) -> str:
    """Return what to call a draw: provider, month, and the part where it is of late files."""
    return f"{freeze.provider} {freeze.month}" + ("" if freeze.part == "month" else f" ({freeze.part})")


@dataclass(frozen=True, kw_only=True)
class ImportedReturn(Recorded):
    """What became of a returned workbook, beside what recording it did.

    Attributes
    ----------
    freeze
        The freeze of the draw it belongs to.
    files, not_moderatable
        How many files came back, and which of them could not be moderated: they need cover again.
    notices
        What was accepted and should be looked at, with the columns of the faults of
        :class:`qa_lib.forms.remarks.ReturnError`.
    entered
        Who entered what: one row per workbook and file, or standard of a file, in which it fills something in, with the
        columns of :data:`qa_lib.register.merged_return.ENTERED_COLUMNS`.
    """

    freeze: Freeze
    files: int
    not_moderatable: tuple[str, ...]
    notices: pd.DataFrame
    entered: pd.DataFrame

    @property
    def of_what(self) -> str:
        """The provider and month that it is of."""
        return f"{self.freeze.provider} {self.freeze.month}"

    def lines(self) -> list[str]:
        """Return what was recorded: the verdict, who entered what, and what changed."""
        return [*self._verdict(), *self._who_entered(), *self._changed()]

    def _verdict(self) -> list[str]:
        which = f"{named(self.freeze)}, version {self.version}"
        if self.status == "no change":
            return [f"no change: {which} says the same already"]
        what = "accepted" if self.status == "accepted" else "changed after moderation"
        files = "1 file" if self.files == 1 else f"{self.files} files"
        lines = [f"{what}: {which}, {files}"]
        if spoilt := self.not_moderatable:
            lines.append(f"could not be moderated, so assessor and PoP need cover again: {', '.join(spoilt)}")
        return lines

    def _changed(self) -> list[str]:
        lines = []
        for case_id, standard, column, before, after in self.changes.head(_CHANGES_SHOWN).to_numpy().tolist():
            which = f"{case_id}, standard {standard}" if standard else case_id
            lines.append(f'  {which}, {column}: "{before}" is now "{after}"')
        more = len(self.changes) - len(lines)
        return [*lines, f"  and {more} more cells"] if more else lines

    def _who_entered(self) -> list[str]:
        """Say of each of several workbooks which cells of which files it fills in, and which standards it judges."""
        entered = self.entered
        if entered["file_digest"].nunique() < 2 or self.status == "no change":
            return []
        lines = ["put together of these workbooks, each with what it fills in:"]
        for (digest, name), own in entered.groupby(["file_digest", "workbook"]):
            lines.append(f"  {name} (SHA-256 {digest})")
            of_files, of_standards = own[own["standard"] == ""], own[own["standard"] != ""]
            for (moderator, columns), rows in of_files.groupby(["moderator_id", "columns"]):
                files = f"{', '.join(rows['case_id'])}, moderator {moderator or 'not named'}"
                lines.append(f"    {files}: {str(columns).replace(';', ', ')}")
            if len(of_standards):
                numbers = of_standards.groupby("case_id")["standard"].agg(", ".join)
                lines.append(f"    standards: {'; '.join(f'{case_id} {text}' for case_id, text in numbers.items())}")
        return lines
