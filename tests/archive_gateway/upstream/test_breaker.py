"""The breaker: quick refusals while the archive behind us is away, one attempt in each rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from archive_gateway.upstream.breaker import Breaker
from foundation.errors import UpstreamDown

THREADS = 16


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return Breaker(failures_in_a_row=3, rest_s=15, clock=clock)


@pytest.fixture
def broken(breaker):
    for _ in range(3):
        breaker.record_failure()
    return breaker


def test_a_few_failures_stop_nobody(breaker):
    breaker.record_failure()
    breaker.record_failure()

    breaker.require_closed()


def test_failures_in_a_row_refuse_everybody_at_once(broken, clock):
    clock.seconds += 14.9

    with pytest.raises(UpstreamDown):
        broken.require_closed()


def test_an_answer_in_between_begins_the_count_anew(breaker):
    for _ in range(5):
        breaker.record_failure()
        breaker.record_failure()
        breaker.record_success()

    breaker.require_closed()


def test_after_the_rest_one_attempt_passes_and_the_others_wait(broken, clock):
    clock.seconds += 15

    broken.require_closed()

    with pytest.raises(UpstreamDown):
        broken.require_closed()


def test_an_attempt_that_fails_begins_another_rest(broken, clock):
    clock.seconds += 15
    broken.require_closed()
    clock.seconds += 10
    broken.record_failure()
    clock.seconds += 14

    with pytest.raises(UpstreamDown):
        broken.require_closed()


def test_an_attempt_that_succeeds_lets_everybody_in(broken, clock):
    clock.seconds += 15
    broken.require_closed()

    broken.record_success()

    broken.require_closed()
    broken.require_closed()


def test_an_attempt_that_never_tells_what_came_of_it_is_followed_by_another(broken, clock):
    clock.seconds += 15
    broken.require_closed()
    clock.seconds += 15

    broken.require_closed()


def test_of_many_who_try_at_once_after_the_rest_one_passes(broken, clock):
    together = Barrier(THREADS)

    def tries(_thread):
        together.wait()
        try:
            broken.require_closed()
        except UpstreamDown:
            return False
        return True

    passed = []
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(50):
            clock.seconds += 15
            passed.append(sum(threads.map(tries, range(THREADS))))

    assert passed == [1] * 50


def test_a_machine_whose_time_is_set_back_does_not_rest_longer(broken, clock, monkeypatch):
    class SetBack(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(hours=1)

    monkeypatch.setattr("pybreaker.datetime", SetBack)
    monkeypatch.setattr("archive_gateway.upstream.breaker.now", lambda: SetBack.now(UTC))
    clock.seconds += 15

    broken.require_closed()
