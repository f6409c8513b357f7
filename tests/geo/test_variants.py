"""A graph whose gates are changed is the graph of a network built with such gates, arc for arc."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.variants import with_gates
from tests.geo.toy import TOY_PROFILES, junction, toy

#: The two gates of the picture, and junctions that have none there.
NODES = (36, 37, junction(0, 0), junction(2, 3), junction(5, 1), junction(5, 5))
GATE = st.sampled_from(
    [
        {},
        {"barrier": "gate", "bicycle": "no"},
        {"barrier": "gate", "foot": "no", "bicycle": "yes"},
        {"barrier": "gate", "access": "no"},
        {"barrier": "turnstile", "foot": "yes"},
    ]
)


@settings(max_examples=15)
@given(st.fixed_dictionaries(dict.fromkeys(NODES, GATE)), st.booleans())
@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_arcs_are_those_of_the_network_built_so(profile, tags, from_open):
    before = toy().gated({36: {}, 37: {}}) if from_open else toy()
    network = before.network({profile: TOY_PROFILES[profile]})
    built = toy().gated(tags).network({profile: TOY_PROFILES[profile]})
    theirs, ours = built.graphs[profile], network.graphs[profile]
    node = np.array([np.flatnonzero(network.node_row == row)[0] for row in NODES], np.int32)
    changed = with_gates(network, ours, node, theirs.blocked[:, node])
    for part in dataclasses.fields(changed):
        if part.name != "bucket_shift":  # how a search goes about it, not what it finds
            assert np.array_equal(getattr(changed, part.name), getattr(theirs, part.name)), part
    assert not changed.arcs.flags.writeable
