"""Propose what to do, and prove the promise by studying the changed city anew.

==============================  ====================================================================
module                          what it knows
==============================  ====================================================================
:mod:`geo.proposal.promise`     the proposal itself: who gains, what remains, and its verification
:mod:`geo.proposal.demand`      whom a proposal is weighed by: people at their places, or ground
:mod:`geo.proposal.measure`     what a plan covers, measured as the study measures
:mod:`geo.proposal.candidates`  where a new station could be
:mod:`geo.proposal.actions`     what can be done, what it costs and whom it serves
:mod:`geo.proposal.choosing`    which model chooses among the actions (:mod:`geo.siting` solves it)
:mod:`geo.proposal.enlarging`   the same for seats: which full stations to enlarge
:mod:`geo.proposal.plan`        the proposal in plain values, for command line, API and files
==============================  ====================================================================
"""

from __future__ import annotations

from geo.proposal.promise import Proposal, Verdict, propose, verify

__all__ = ["Proposal", "Verdict", "propose", "verify"]
