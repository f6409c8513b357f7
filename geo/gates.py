"""Say which gates refuse whom at which hour.

A gate is a node with a barrier. Two kinds of tags make it depend on the hour: a ``…:conditional``
value that holds takes the place of the tag that it belongs to (:mod:`geo.conditions`), and while
its ``opening_hours`` are over a gate refuses everybody. What the tags say then is judged by
:func:`geo.access.blocked_nodes` as of any gate, so a gate at an hour is the same as a gate whose
plain tags say so always. Hours that are unknown or cannot be read change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import conditions, hours
from geo.access import blocked_nodes
from geo.compiled import readonly
from geo.hours import Calendar
from geo.model import TravelProfile
from geo.schemas import CONDITIONAL_TAGS, GATE_TAGS, NODE_TAGS

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
#: Minutes from a midnight, the end exclusive.
Span = tuple[int, int]

_NAME, _HOURS = "name", "opening_hours"
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class Timed(NamedTuple):
    """Hold the gates that depend on the hour: their nodes, and what kind of gate each is.

    ``rules`` has a row per kind, all tags but the name: gates with the same tags are judged once.
    """

    node: Ints
    kind: Longs
    rules: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Gates:
    """Hold the gates that have a name or hours, by their node, ascending.

    ``tag`` (gates, columns) says which of ``texts`` stands in which of ``columns``, the tags of
    the frame of nodes.
    """

    node: Ints
    tag: Ints
    columns: tuple[str, ...]
    texts: tuple[str, ...]

    def name(self, node: int) -> str:
        """Return the name of the gate at a node, ``""`` where it has none or is no gate."""
        row = int(np.searchsorted(self.node, node))
        if row == len(self.node) or self.node[row] != node:
            return ""
        return self.texts[self.tag[row, self.columns.index(_NAME)]]

    @cached_property
    def timed(self) -> Timed:
        """Return the gates that depend on the hour."""
        texts = np.array(self.texts, object)
        rows = pd.DataFrame(texts[self.tag], columns=list(self.columns)).drop(columns=_NAME)
        rows = rows[np.array([bool(_texts(row)) for row in rows.to_dict("records")], bool)]
        rules = rows.drop_duplicates(ignore_index=True)
        number = {rule: at for at, rule in enumerate(rules.itertuples(index=False, name=None))}
        kind = [number[row] for row in rows.itertuples(index=False, name=None)]
        node = self.node[rows.index.to_numpy(np.int64)]
        return Timed(readonly(node, np.int32), np.array(kind, np.int64), rules)

    def changes(self, day: date, calendar: Calendar | None) -> list[datetime]:
        """Return the midnight of a day, and the instants of that day at which gates may change."""
        rules = self.timed.rules.to_dict("records")
        texts = {text for rule in rules for text in _texts(rule)}
        midnight = datetime.combine(day, time())
        return [midnight, *conditions.changes(texts, midnight, midnight + _DAY, calendar)]

    def refused(
        self, profile: TravelProfile, instants: Sequence[datetime], calendar: Calendar | None
    ) -> Bools:
        """Return which of the timed gates refuse a profile, shape (instants, layers, gates)."""
        _, kind, rules = self.timed
        found = blocked_nodes(_in_force(rules, instants, calendar), profile)
        return found.reshape(len(found), len(instants), len(rules)).swapaxes(0, 1)[:, :, kind]

    def ever_refused(self, profile: TravelProfile) -> Bools:
        """Return which of the timed gates refuse a profile at some hour, shape (layers, gates).

        Whether that hour ever comes is not asked.
        """
        _, kind, rules = self.timed
        found = blocked_nodes(rules, profile)
        shut = np.array([hours.readable(text) for text in rules[_HOURS]], bool)
        for column, tag in CONDITIONAL_TAGS.items():
            said = [{c.value for c in conditions.clauses(text)} for text in rules[column]]
            for value in sorted(set().union(*said)):
                here = np.array([value in values for values in said], bool)
                changed = rules.assign(**{tag: np.where(here, value, rules[tag])})
                found |= blocked_nodes(changed, profile)
        return (found | shut)[:, kind]


NO_GATES = Gates(
    readonly([], np.int32), readonly(np.empty((0, len(GATE_TAGS))), np.int32), GATE_TAGS, ()
)


def of_nodes(nodes: pd.DataFrame, row: Ints) -> Gates:
    """Return the gates of a checked frame of nodes; ``row`` is the row of each node in it."""
    table = nodes[list(GATE_TAGS)].astype(object)
    barred = ~table["barrier"].isin(("", "no")).to_numpy(bool)
    own = [column for column in GATE_TAGS if column not in NODE_TAGS]
    told = (table[own] != "").to_numpy(bool).any(axis=1)
    node = np.flatnonzero((barred & told)[row])
    chosen = table.to_numpy()[row[node]]
    texts, tag = np.unique(chosen.astype(str), return_inverse=True)
    return Gates(
        readonly(node, np.int32),
        readonly(tag.reshape(chosen.shape), np.int32),
        GATE_TAGS,
        tuple(map(str, texts)),
    )


def intervals(
    gates: Gates, profile: TravelProfile, start: date, days: int, calendar: Calendar | None
) -> list[tuple[int, int, list[Span]]]:
    """Return when gates refuse a profile, as (node, layer, spans), from the midnight of ``start``.

    Spans are minutes from that midnight, merged, in order, ends exclusive, and cut at the end of
    the last day. Every timed gate is named for every layer, also where it never refuses.
    """
    node, kind, rules = gates.timed
    first = datetime.combine(start, time())
    last = first + days * _DAY
    of_kind = []
    for number in range(len(rules)):
        rule = rules.iloc[[number]]
        instants = [first, *conditions.changes(_texts(rule.iloc[0]), first, last, calendar)]
        refused = blocked_nodes(_in_force(rule, instants, calendar), profile)
        bounds = [(instant - first) // _MINUTE for instant in (*instants, last)]
        of_kind.append([_spans(layer, bounds) for layer in refused])
    return [
        (int(at), layer, list(spans))
        for at, number in zip(node.tolist(), kind.tolist(), strict=True)
        for layer, spans in enumerate(of_kind[number])
    ]


def unreadable(nodes: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Return what cannot be read of the hours of gates, as (row of the nodes, tag, text)."""
    found: list[tuple[int, str, str]] = []
    barred = nodes[~nodes["barrier"].isin(("", "no"))]
    for column in (_HOURS, *CONDITIONAL_TAGS):
        for row, text in barred.loc[barred[column] != "", column].items():
            wrong = conditions.faults(text)
            if column == _HOURS:
                wrong = () if hours.readable(text) else (text,)
            found += [(int(row), column, part) for part in wrong]
    return sorted(found)


def _texts(rule: Mapping[Any, Any]) -> list[str]:
    """Return all opening hours that decide about a gate, none where no hour matters."""
    held = [
        text
        for column in CONDITIONAL_TAGS
        for clause in conditions.clauses(rule[column])
        for text in clause.hours
    ]
    return [rule[_HOURS], *held] if hours.readable(rule[_HOURS]) else held


def _in_force(
    rules: pd.DataFrame, instants: Sequence[datetime], calendar: Calendar | None
) -> pd.DataFrame:
    """Return the tags as they are in force, one instant after the other, all kinds each."""

    def by_instant(column: Iterable[Sequence[Any]]) -> NDArray[np.object_]:
        return np.array(list(column), object).reshape(len(rules), len(instants)).T.ravel()

    count = len(instants)
    out = {tag: by_instant([text] * count for text in rules[tag]) for tag in NODE_TAGS}
    for column, tag in CONDITIONAL_TAGS.items():
        said = by_instant(conditions.values(text, instants, calendar) for text in rules[column])
        out[tag] = np.where(said != "", said, out[tag])
    shut = by_instant(
        [conditions.is_open(text, at, calendar) is False for at in instants]
        for text in rules[_HOURS]
    ).astype(bool)
    for tag in NODE_TAGS:
        if tag != "barrier":
            out[tag] = np.where(shut, "no" if tag == "access" else "", out[tag])
    return pd.DataFrame(out)


def _spans(refused: Bools, bounds: Sequence[int]) -> list[Span]:
    """Return when a gate refuses, given for the stretches between some minutes."""
    spans: list[Span] = []
    for shut, low, high in zip(refused, bounds, bounds[1:], strict=False):
        if shut and spans and spans[-1][1] == low:
            spans[-1] = (spans[-1][0], high)
        elif shut:
            spans.append((low, high))
    return spans
