"""The made-up moderators' returns of the small slice come back whole; faults that are refused are in the year only."""

from __future__ import annotations

from qa_lib.intake.dataset import read_dataset
from qa_lib.register.draws_of_year import draws_of_year
from qa_lib.register.monthly_draws import draw_year
from qa_lib.register.returned_files import returned_files
from qa_lib.register.store import open_register
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.made_up import build_slice, planted_facts
from qa_lib.schemes.hlta.made_up.filled_returns import return_year


def test_every_return_of_the_slice_is_accepted(tmp_path):
    """All draws of both providers: each sampled file is in the register with the decision that moderators made up.

    They are the draws that were recorded while the slice was built, byte for byte those of its tables, and none is made
    again.
    """
    assert not {"F63", "F64", "F68"} & {fact.id for fact in planted_facts(small=True)}
    place = str(tmp_path / "register.sqlite")
    build_slice(tmp_path / "slice", register=place)
    dataset, book, register = read_dataset(tmp_path / "slice"), load_rulebook("hlta"), open_register(place)
    made_up = dataset.tables["moderations"].set_index("case_id")
    for provider in sorted(set(dataset.tables["cases"]["rpa"])):
        about = {"provider": provider, "year": "2023-09"}
        draws = draws_of_year(register, **about)
        again = draw_year(dataset.tables, book, register=open_register("sqlite://"), **about)
        assert [(one.freeze.digest, one.json) for one in draws] == [(one.freeze.digest, one.json) for one in again]
        assert return_year(dataset, book, provider, "2023-09", place, tmp_path / "returns") == []
        assert [one.json for one in draws_of_year(register, **about)] == [one.json for one in draws]
        returned = returned_files(register, **about).files.set_index("case_id")
        assert set(returned.index) == {case_id for drawn in draws for case_id in drawn.sample["case_id"]}
        assert len(returned)
        for column in ("decision", "final_outcome", "moderator_id", "reason", "strengths"):
            assert (returned[column] == made_up.loc[returned.index, column].fillna("")).all(), column
