"""Where something had to come first and no day of it is recorded, for every such rule."""

from fractions import Fraction

import pytest

from qa_lib.audit.none_recorded import NoneRecorded


@pytest.mark.parametrize(
    ("blank", "due", "statuses", "judged"),
    [
        (0, 0, [], 0),
        (0, 10, [], 10),
        (1, 10, ["breach"], 10),
        (2, 20, ["breach", "breach"], 20),
        (2, 19, ["warning"], 17),
        (1, 9, ["warning"], 8),
        (9, 10, ["warning"], 1),
        (1, 1, ["not_assessable"], 0),
        (10, 10, ["not_assessable"], 0),
    ],
)
def test_a_blank_counts_by_itself_from_nine_of_ten_on(blank, due, statuses, judged):
    """Below that share one warning gives the count; where nothing is filled in, nothing can be judged one by one."""
    rows = NoneRecorded(blank=[f"c{number}" for number in range(blank)], due=due, filled=Fraction(9, 10))
    said = list(rows.statements("file", "breach", "no day is recorded", about="North/2024-03"))
    assert [one.status for one in said] == statuses
    assert rows.judged == judged
    assert len(rows.unjudged) == due - judged
    if statuses == ["warning"]:
        assert (said[0].subject, said[0].value, said[0].threshold) == ("North/2024-03", str(blank), "90 %")
        assert f"in {blank} of {due}" in said[0].message
