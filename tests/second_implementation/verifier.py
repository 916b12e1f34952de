"""tools/verify_draw.py for tests: loaded from its path, since it is no part of a package."""

from __future__ import annotations

import contextlib
import importlib.util
import io
from pathlib import Path
from types import ModuleType

TOOL = Path(__file__).parents[2] / "tools" / "verify_draw.py"
Content = dict[str, bytes]


def load_tool() -> ModuleType:
    """Return the tool as a module; it is no part of a package."""
    spec = importlib.util.spec_from_file_location("verify_draw", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


def verify(folder: Path, content: Content | None = None) -> tuple[int, str]:
    """Write a folder, with the folders inside it, and return the tool's exit code and everything it says."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (content or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = tool.main([str(folder)])
    return code, said.getvalue()
