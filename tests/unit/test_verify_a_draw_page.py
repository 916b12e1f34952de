"""The numbers and the commands on docs/verify-a-draw.md are true."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.second_implementation import naive
from tests.second_implementation.verifier import Content, verify

PAGE = (Path(__file__).parents[2] / "docs" / "verify-a-draw.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """Return the page's blocks of one language."""
    return [text for name, text in BLOCKS if name == language]


def example() -> Content:
    """Return the page's example folder."""
    (population, sample), (freeze, draw) = blocks("csv"), blocks("json")
    texts = {"population.csv": population, "freeze.json": freeze, "sample.csv": sample, "draw.json": draw}
    return {name: text.encode() for name, text in texts.items()}


def test_the_example_is_a_right_draw(tmp_path: Path) -> None:
    """The four files on the page are those of one draw, and the tool's last line is the one shown."""
    content = example()
    draw = json.loads(content["draw.json"])
    again = naive.draw(
        content["population.csv"], content["freeze.json"], draw["seed"], draw["reviewer"], draw["reviewer_rpa"]
    )
    assert again == (content["sample.csv"], content["draw.json"])
    code, said = verify(tmp_path / "2024-01", content)
    assert (code, said.replace(str(tmp_path / "2024-01"), "2024-01")) == (0, *blocks("result"))


def test_the_example_takes_the_smallest_tickets() -> None:
    """The tickets that the page lists are the smallest of stratum met, by its own rule, and those taken at random."""
    content = example()
    digest, draw = naive.sha256(content["freeze.json"]), json.loads(content["draw.json"])
    met = [row["case_id"] for row in naive.read_csv(content["population.csv"]) if row["stratum"] == "met"]
    tickets = [naive.sha256(f"{digest}:{draw['seed']}:{i}") + f"  {i}" for i in met]
    tickets = sorted(tickets)[: draw["counts"]["random"]]
    assert blocks("text").count("\n".join(tickets) + "\n") == 2
    random = {row["case_id"] for row in naive.read_csv(content["sample.csv"]) if row["selected_by"] == "random"}
    assert {ticket.split()[1] for ticket in tickets} == random
    assert f"seed = '{draw['seed']}'" in "".join(blocks("powershell"))


@pytest.mark.parametrize(("language", "command"), [("sh", "sha256sum"), ("zsh", "shasum")])
def test_the_commands_print_what_the_page_says(tmp_path: Path, language: str, command: str) -> None:
    """The page's commands, one after the other in the example's folder, print the page's answers."""
    if not (shutil.which("bash") and shutil.which(command)):
        pytest.skip(f"needs bash and {command}")
    for name, data in example().items():
        (tmp_path / name).write_bytes(data)
    answers = [BLOCKS[place + 1][1] for place, (name, _) in enumerate(BLOCKS) if name == language]
    run = subprocess.run(
        ["bash", "-c", "".join(blocks(language))], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout == "".join(answers)
