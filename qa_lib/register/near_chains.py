"""Providers whom the register holds under another spelling: a second chain would draw their months again."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from qa_lib.errors import SampleError
from qa_lib.lookalikes import DIFFERENCES, folded_name, shown_name
from qa_lib.register.schema import FREEZES


def refuse_a_second_chain(connection: sa.Connection, provider: str, *, accept: Collection[str], column: str) -> None:
    """Stop before the first freeze of a provider whose name a reader takes for one that has freezes already.

    A chain that has begun goes on: somebody said by then that the two are two.

    Parameters
    ----------
    accept
        Names of providers of their own, whatever they look like.
    column
        The column of the data that names the provider.

    Raises
    ------
    SampleError
        Naming the spelling in the register, and both ways out.
    """
    # What was frozen by a slip and withdrawn has drawn nothing.
    query = sa.select(FREEZES.c.provider).where(FREEZES.c.state != "withdrawn").distinct().order_by(FREEZES.c.provider)
    names = connection.execute(query).scalars().all()
    if provider in names or provider in accept:
        return
    alike = [name for name in names if name not in accept and folded_name(name) == folded_name(provider)]
    if alike:
        raise SampleError(
            f"the register holds freezes of {shown_name(alike[0])}, which differs from {shown_name(provider)} only in "
            f"{DIFFERENCES}: map it to that one (values), or say that it is another provider (accept_near_equal)\n"
            f'If they are one, so that no month is drawn twice: --values "{column}:{provider}={alike[0]}"\n'
            f'If they are two: --accept "{provider}"'
        )
