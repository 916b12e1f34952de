"""What the ids and words of a column name: columns that name one kind of thing are held against each other."""

from __future__ import annotations

from qa_lib.tables.vocabulary import Column

#: Columns of ids that have another name than what they name.
_NAMED_BY = {
    "provider": "rpa provider peer_rpa decided_by_rpa panel_member_1_rpa panel_member_2_rpa",
    "person": (
        "assessor_id senior_assessor_id previous_assessor_id moderator_id second_moderator_id moderator_confirmed_by "
        "peer_reviewer_id deputy_id by given_by decided_by panel_member_1 panel_member_2 responsible set_by person_id"
    ),
    "school": "school_urn urn",
}
_KIND = {name: kind for kind, names in _NAMED_BY.items() for name in names.split()}
#: Kinds of ids that are organisations: their names may stand in a message, those of people and files may not.
ORGANISATIONS = frozenset({"provider", "pop_id", "school"})
# Columns of free text that make a group, a year or a topic, and so decide what is counted together.
_GROUPING = (
    "year period cohort sex disability ethnicity job_role la la_district region phase type ofsted "
    "school_region school_county school_la setting topic judgement metric"
)
GROUPING = frozenset(_GROUPING.split())


def named_kind(column: Column) -> str | None:
    """Return what a column names: ``provider``, ``person``, ...; None for text that decides nothing.

    Examples
    --------
    >>> named_kind(Column("peer_rpa", "id")), named_kind(Column("phase", "text")), named_kind(Column("note", "text"))
    ('provider', 'phase', None)
    """
    if column.kind == "id":
        return _KIND.get(column.name, column.name)
    return column.name if column.kind == "text" and column.name in GROUPING else None


def may_be_shown(kind: str) -> bool:
    """Say whether names of a kind may stand in a message that goes to anyone."""
    return kind in ORGANISATIONS or kind in GROUPING
