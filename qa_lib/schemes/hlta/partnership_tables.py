"""Tables of what the RPAs do together: issues that are taken forward, reviews of appeals, meetings, materials."""

from __future__ import annotations

from qa_lib.tables.vocabulary import column, table

#: Where an issue was brought up -> other words that are read as it.
RAISED_IN = {"joint_report": "", "return": "moderation return"}

PARTNERSHIP_TABLES = (
    table(
        "issue_log",
        "A row is one issue from moderation that is taken forward, to the Partnership or within the RPA.",
        column("issue_id", "id", "The number of the entry."),
        column("rpa", "id", "The RPA whose moderation brought it up.", names="provider"),
        column("month", "month", "The moderation month it comes from."),
        column("raised_in", "choice", "Where it was brought up.", words=RAISED_IN),
        column("issue", "text", "What it is about.", personal=True),
        column("taken_to", "choice", "Who is to take it up.", words="partnership rpa"),
        column("raised_on", "date", "The day on which it was brought up."),
        column("responsible", "id", "Who sees to it.", names="person"),
        column("ended_on", "date", "The day on which it was brought to an end."),
        column("result", "text", "What came of it.", personal=True),
        key="issue_id",
        known_from="raised_on",
    ),
    table(
        "appeals_reviews",
        "A row is one look at how appeals are dealt with.",
        column("rpa", "id", "The RPA that looked, or that noted the Partnership's look.", names="provider"),
        column("procedure", "choice", "What was looked at.", words="appeals_procedure referral_process"),
        column("reviewed_on", "date", "The day of the look."),
        column("result", "text", "What came of it."),
        known_from="reviewed_on",
        whole=True,
    ),
    table(
        "meetings",
        "A row is one meeting of the Partnership.",
        column("held_on", "date", "The day of the meeting."),
        column("rpa", "id", "The RPA that organised it.", names="provider"),
        column("agenda_on", "date", "The day on which its agenda went out."),
        column("papers_on", "date", "The day on which the papers for it went out."),
        column("minutes_on", "date", "The day on which its minutes went out."),
        key="held_on",
        known_from="held_on",
        whole=True,
    ),
    table(
        "contributions",
        "A row is one RPA at one meeting of the Partnership.",
        column("held_on", "date", "The day of the meeting."),
        column("rpa", "id", "The RPA.", names="provider"),
        column("contributed", "bool", "Whether it contributed to the meeting."),
        key="held_on rpa",
        known_from="held_on",
        whole=True,
    ),
    table(
        "materials",
        "A row is one piece of promotional material, or one supporting document, that an RPA uses.",
        column("material_id", "id", "The number of the piece."),
        column("rpa", "id", "The RPA that issues it.", names="provider"),
        column(
            "reach", "choice", "Whether it is for the whole country or for the RPA's region.", words="national regional"
        ),
        column("kind", "text", "What it is: a handbook, a certificate, a website."),
        column("used_from", "date", "The day from which it is used."),
        column("withdrawn_on", "date", "The last day on which it was used."),
        column("logos", "bool", "Whether it carries the logo of every RPA of the Partnership."),
        column("titled", "bool", "Whether it has the title that the code of practice gives the Partnership."),
        column("membership", "bool", "Whether it says that the RPA is a member of the Partnership."),
        key="material_id",
        known_from="used_from",
    ),
)
