"""Work shared with another process: the results are the same, whatever becomes of that process."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

import kbmatch.matching.sharing as sharing
from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.validate import validate
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.proofs import Proofs
from kbmatch.matching.rules import rules_with
from kbmatch.matching.sharing import shared
from site_build import PRINTERS

ITEMS = list(range(40))
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(sharing, "_LEAST", 2)
    monkeypatch.setattr("threading.active_count", lambda: 1)  # those of the test runner wait


def test_results_are_in_order(two: None) -> None:
    assert shared(str, ITEMS) == list(map(str, ITEMS))


@linux
def test_half_of_the_work_is_done_elsewhere(two: None) -> None:
    by = shared(lambda _: os.getpid(), ITEMS)
    assert by[0::2] == [os.getpid()] * 20
    assert len(set(by[1::2])) == 1
    assert by[1] != os.getpid()


@linux
def test_what_a_killed_process_leaves_is_done_here(two: None) -> None:
    parent = os.getpid()

    def work(item: int) -> int:
        if os.getpid() != parent and item == 21:
            os.kill(os.getpid(), signal.SIGKILL)
        return item * 2

    assert shared(work, ITEMS) == [item * 2 for item in ITEMS]


@pytest.mark.parametrize("bad", [20, 21])
def test_an_error_is_raised_whoever_meets_it(bad: int, two: None) -> None:
    def work(item: int) -> int:
        if item == bad:
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match=str(bad)):
        shared(work, ITEMS)


def test_nothing_is_shared_beside_other_threads(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: len(threading.enumerate()))
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert set(shared(lambda _: os.getpid(), ITEMS)) == {os.getpid()}
    finally:
        end.set()
        thread.join()


@linux
def test_packs_and_problems_are_the_same(two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> tuple[bytes, list[str]]:
        result = validate(PRINTERS, rules_with(Proofs()))
        return compile_pack(load_or_raise(PRINTERS)), [str(one) for one in result.problems]

    halved = made()
    monkeypatch.setattr(sharing, "_LEAST", 10_000)
    assert halved == made()
