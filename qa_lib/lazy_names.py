"""Public names of a package that are loaded when first used, so that importing the package costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package whose public names other modules define.

    Parameters
    ----------
    package
        Its dotted name, ``__name__``.
    homes
        Public name -> where it is defined, as ``"package.module:name"``, or a whole module. None may be called as a
        module inside the package is: once that is imported, Python puts it in the name's place.
    """

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return resolve_name(homes[name])

    return load, lambda: sorted(homes)
