"""The made-up moderators' returns of the small slice come back whole; faults that are refused are in the year only."""

from __future__ import annotations

from qa_lib.intake.dataset import read_dataset
from qa_lib.register.monthly_draws import draw_year
from qa_lib.register.returned_files import returned_files
from qa_lib.register.store import open_register
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.forms.draw_files import RETURN, draw_files
from qa_lib.schemes.hlta.forms.importing import import_return
from qa_lib.schemes.hlta.made_up import build_slice, planted_facts
from qa_lib.schemes.hlta.made_up.filled_returns import fill_in_return


def test_every_return_of_the_slice_is_accepted(tmp_path):
    """All draws of both providers: each sampled file is in the register with the decision that moderators made up."""
    assert not {"F63", "F64", "F68"} & {fact.id for fact in planted_facts(small=True)}
    build_slice(tmp_path)
    tables, register = read_dataset(tmp_path).tables, open_register("sqlite://")
    made_up = tables["moderations"].set_index("case_id")
    for provider in sorted(set(tables["cases"]["rpa"])):
        draws = draw_year(tables, load_rulebook("hlta"), provider=provider, year="2023-09", register=register)
        for drawn in draws:
            filled = fill_in_return(draw_files(drawn)[RETURN], tables["moderations"])
            assert import_return(filled, register=register).status == "accepted"
        returned = returned_files(register, provider=provider, year="2023-09").files.set_index("case_id")
        assert set(returned.index) == {case_id for drawn in draws for case_id in drawn.sample["case_id"]}
        assert len(returned)
        for column in ("decision", "final_outcome", "moderator_id", "reason", "strengths"):
            assert (returned[column] == made_up.loc[returned.index, column].fillna("")).all(), column
