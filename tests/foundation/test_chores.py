"""The worker tidies once an hour; what fails stops nothing else."""

from datetime import timedelta

from foundation import chores, outbox
from foundation.chores import EVERY, Rounds
from foundation.clock import now
from foundation.errors import RuleBroken


def test_each_chore_is_done_once_an_hour_however_often_it_is_asked(worker, monkeypatch):
    done, at = [], now()
    rounds = Rounds([lambda _session: len(done.append("swept") or done)])

    for moment in (at, at, at + EVERY - timedelta(seconds=1), at + EVERY):
        monkeypatch.setattr(chores, "now", lambda moment=moment: moment)
        rounds()

    assert done == ["swept", "swept"]


def test_a_chore_that_fails_stops_no_other_and_no_delivery(worker):
    done = []

    def stumble(_session):
        raise RuleBroken("Not now.")

    rounds = Rounds([stumble, lambda _session: len(done.append("swept") or done)])

    outbox.work({}, until=lambda: bool(done), beside=rounds)

    assert done == ["swept"]
