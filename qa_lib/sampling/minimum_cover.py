"""The fewest files that give everyone still uncovered a sampled file, with a proof that fewer cannot do.

Each file touches one assessor and one PoP, so this is a minimum edge cover of a bipartite graph: a maximum matching,
and one file for each entity that it leaves over (Gallai 1959). The proof is König's (1931): a set of uncovered
entities no two of which share a file, as many as there are files in the cover. Protocol: ``docs/protocol.md`` §6, 4–5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FREE = -1


@dataclass(frozen=True)
class Cover:
    """A least cover.

    Attributes
    ----------
    files
        Positions of the chosen files, ascending.
    assessors, pops
        Codes of the entities that prove it: no file touches two of them, and they are as many as the files.
    """

    files: NDArray[np.intp]
    assessors: NDArray[np.intp]
    pops: NDArray[np.intp]


def least_cover(
    assessor: NDArray[np.intp],
    pop: NDArray[np.intp],
    *,
    uncovered_assessors: NDArray[np.bool_],
    uncovered_pops: NDArray[np.bool_],
    by_ticket: NDArray[np.intp],
) -> Cover:
    """Choose the fewest files that touch every uncovered entity.

    Parameters
    ----------
    assessor, pop
        Each file's assessor and PoP as codes from 0, in the code-point order of their ids.
    uncovered_assessors, uncovered_pops
        Per code: is the entity uncovered? Each uncovered entity must have a file.
    by_ticket
        Positions of the files that may be taken, by ticket.
    """
    assessor_open, pop_open = uncovered_assessors[assessor[by_ticket]], uncovered_pops[pop[by_ticket]]
    edges = _first_of_each_pair(by_ticket[assessor_open & pop_open], assessor, pop)
    match = _maximum_matching(edges, assessor, pop, n_assessors=len(uncovered_assessors), n_pops=len(uncovered_pops))
    free_assessors = np.flatnonzero(uncovered_assessors & (match.file_of_assessor == FREE))
    free_pops = np.flatnonzero(uncovered_pops & (match.file_of_pop == FREE))
    chosen = np.concatenate(
        [
            match.file_of_pop[match.file_of_pop != FREE],
            _smallest_ticket_of(free_assessors, by_ticket[assessor_open], assessor),
            _smallest_ticket_of(free_pops, by_ticket[pop_open], pop),
        ]
    )
    proof_assessors, marked_pops = _reachable(free_assessors, edges, assessor, pop, match)
    proof_pops = uncovered_pops & ~marked_pops
    return Cover(np.sort(chosen), np.flatnonzero(proof_assessors), np.flatnonzero(proof_pops))


@dataclass(frozen=True)
class _Matching:
    """The matched file of each assessor and of each PoP, or FREE."""

    file_of_assessor: NDArray[np.intp]
    file_of_pop: NDArray[np.intp]


def _first_of_each_pair(files: NDArray[np.intp], assessor: NDArray[np.intp], pop: NDArray[np.intp]) -> NDArray[np.intp]:
    """Keep, of several files with one assessor and one PoP, the first: the search never gets to the others."""
    pair = pop[files] * (assessor.max(initial=0) + 1) + assessor[files]
    first = np.unique(pair, return_index=True)[1]
    return files[np.sort(first)]


def _smallest_ticket_of(
    entities: NDArray[np.intp], files_by_ticket: NDArray[np.intp], code: NDArray[np.intp]
) -> NDArray[np.intp]:
    codes, first = np.unique(code[files_by_ticket], return_index=True)
    return files_by_ticket[first[np.searchsorted(codes, entities)]]


def _maximum_matching(
    edges: NDArray[np.intp], assessor: NDArray[np.intp], pop: NDArray[np.intp], *, n_assessors: int, n_pops: int
) -> _Matching:
    """Match PoPs in code order to assessors by augmenting paths, depth first, files by ticket.

    What a failed search has seen stays seen: no later augmenting path can pass there, because from there none leads on.
    This changes nothing but the time.
    """
    grouped = edges[np.argsort(pop[edges], kind="stable")]
    starts = np.searchsorted(pop[grouped], np.arange(n_pops + 1)).tolist()
    files, ends = grouped.tolist(), assessor[grouped].tolist()
    file_of_assessor, pop_of_assessor, file_of_pop = [FREE] * n_assessors, [FREE] * n_assessors, [FREE] * n_pops
    seen = [FREE] * n_assessors
    dead = n_pops
    for root in range(n_pops):
        # The path so far: the PoPs on it and, for each, which of its edges is being tried.
        path, cursor, visited = [root], [starts[root]], []
        while path:
            if cursor[-1] == starts[path[-1] + 1]:
                path.pop()
                cursor.pop()
                if cursor:
                    cursor[-1] += 1
                continue
            end = ends[cursor[-1]]
            if seen[end] in (root, dead):
                cursor[-1] += 1
                continue
            seen[end] = root
            visited.append(end)
            if pop_of_assessor[end] != FREE:
                path.append(pop_of_assessor[end])
                cursor.append(starts[pop_of_assessor[end]])
                continue
            for on_path, edge in zip(path, cursor, strict=True):
                file_of_assessor[ends[edge]] = file_of_pop[on_path] = files[edge]
                pop_of_assessor[ends[edge]] = on_path
            break
        else:
            for end in visited:
                seen[end] = dead
    return _Matching(np.array(file_of_assessor, dtype=np.intp), np.array(file_of_pop, dtype=np.intp))


def _reachable(
    free_assessors: NDArray[np.intp],
    edges: NDArray[np.intp],
    assessor: NDArray[np.intp],
    pop: NDArray[np.intp],
    match: _Matching,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark what alternating paths from the unmatched assessors reach."""
    grouped = edges[np.argsort(assessor[edges], kind="stable")]
    starts = np.searchsorted(assessor[grouped], np.arange(len(match.file_of_assessor) + 1))
    marked_assessors = np.zeros(len(match.file_of_assessor), dtype=bool)
    marked_pops = np.zeros(len(match.file_of_pop), dtype=bool)
    marked_assessors[free_assessors] = True
    waiting: list[int] = free_assessors.tolist()
    while waiting:
        current = waiting.pop()
        reached = pop[grouped[starts[current] : starts[current + 1]]]
        new = np.unique(reached[~marked_pops[reached]])
        marked_pops[new] = True
        partners = assessor[match.file_of_pop[new]]
        fresh = partners[~marked_assessors[partners]]
        marked_assessors[fresh] = True
        waiting.extend(fresh.tolist())
    return marked_assessors, marked_pops


def codes_in_order(ids: Sequence[str] | NDArray[np.object_]) -> tuple[NDArray[np.intp], list[str]]:
    """Turn ids into codes from 0 in the code-point order of the distinct ids."""
    import pandas as pd

    codes, found = pd.factorize(np.asarray(ids, dtype=object))
    names = found.tolist()
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.intp)
    place[order] = np.arange(len(names))
    return place[codes] if len(names) else np.zeros(0, dtype=np.intp), [names[position] for position in order]
