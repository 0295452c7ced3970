"""The worker goes through each history once a day, a piece at a time; what it found is kept and told."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update

import app_factory
from foundation import verifications
from foundation.clock import now
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from foundation.postgres.roles import LOADER
from foundation.verifications import (
    AGAIN_AFTER,
    EVERY,
    DailyVerifications,
    Piece,
    Verification,
    Verifier,
    begin,
    go_on,
    last_verifications,
)
from tests.connections import own_connections


class History:
    """Numbers up to `length`, those in `broken` do not hold; it remembers after which place it was asked, and by whom."""

    def __init__(self, length=5, *, broken=()):
        self.length, self.broken, self.asked, self.transactions = length, set(broken), [], []
        self.verifier = Verifier(f"history-{new_id()}", {"numbers": self.look, "letters": self.look})

    def look(self, session, goes_on):
        at = goes_on.get("at", 0)
        self.asked.append(at)
        self.transactions.append(session.scalar(text("SELECT pg_current_xact_id()::text")))
        if at == self.length:
            return Piece(0, [], None)
        return Piece(1, [{"number": at, "why": "content"}] if at in self.broken else [], {"at": at + 1})

    def last(self, session):
        return next((each for each in last_verifications(session) if each.name == self.verifier.name), None)


@pytest.fixture(autouse=True)
def busy_until_done(monkeypatch):
    monkeypatch.setattr(verifications, "BUSY_FOR_S", 600)


@pytest.fixture
def busy_for_one_piece(busy_until_done, monkeypatch):
    monkeypatch.setattr(verifications, "BUSY_FOR_S", 0)


@pytest.fixture
def later(monkeypatch):
    """`later(timedelta)`: the clock of the verifications stands so much further."""

    def put(by):
        monkeypatch.setattr(verifications, "now", lambda: now() + by)

    return put


def test_a_history_is_gone_through_a_piece_at_a_time_each_in_its_own_transaction(
    worker, as_worker, busy_for_one_piece
):
    history = History(broken={2})
    daily = DailyVerifications([history.verifier])
    for _ in range(100):
        daily()

    assert history.asked == [0, 1, 2, 3, 4, 5] * 2
    assert len(set(history.transactions)) == len(history.transactions)
    with as_worker() as session:
        last = history.last(session)
        assert (last.checked, last.breaks) == ({"numbers": 5, "letters": 5}, 2)
        assert last.began_at <= last.finished_at


def test_who_was_stopped_goes_on_where_it_was(worker, as_worker, busy_for_one_piece):
    history = History()
    for _ in range(20):
        DailyVerifications([history.verifier])()

    assert history.asked == [0, 1, 2, 3, 4, 5] * 2


def test_nothing_is_told_before_the_end(worker, as_worker, busy_for_one_piece):
    history = History()
    DailyVerifications([history.verifier])()

    with as_worker() as session:
        assert history.last(session) is None


def test_it_is_done_once_a_day(worker, later):
    history = History(length=1)
    daily = DailyVerifications([history.verifier])
    for by in (timedelta(0), AGAIN_AFTER, EVERY / 2, EVERY + AGAIN_AFTER):
        later(by)
        daily()

    assert history.asked == [0, 1, 0, 1] * 2


def test_what_was_left_two_days_ago_is_begun_anew(worker, later, busy_for_one_piece):
    history = History()
    DailyVerifications([history.verifier])()
    later(2 * EVERY + timedelta(seconds=1))
    DailyVerifications([history.verifier])()

    assert history.asked == [0, 0]


@pytest.mark.parametrize("stumbled", [RuleBroken("Not now."), ZeroDivisionError()])
def test_a_look_that_fails_stops_no_other_and_is_tried_again_later(worker, later, stumbled):
    tried = []

    def stumble(_session, _goes_on):
        tried.append(True)
        raise stumbled

    faulty, history = Verifier(f"faulty-{new_id()}", {"numbers": stumble}), History(length=1)
    daily = DailyVerifications([faulty, history.verifier])
    daily()
    daily()

    assert (len(tried), len(history.asked)) == (1, 4)
    later(AGAIN_AFTER)
    daily()
    assert len(tried) == 2


def test_what_does_not_hold_is_an_error_in_the_log(worker, told):
    history = History(broken={1})
    DailyVerifications([history.verifier])()

    line = next(
        line for line in map(json.loads, told.getvalue().splitlines()) if line["event"] == "verification.done"
    )
    assert (line["level"], line["process"], line["count"]) == ("ERROR", history.verifier.name, 2)


def test_the_last_one_that_ended_is_told_of_each(as_loader):
    history = History(length=0)
    ended = []
    for breaks in (1, 0):
        with as_loader() as session:
            ended.append(run := begin(session, history.verifier).id)
            for _ in history.verifier.looks:
                go_on(session, history.verifier, run)
            session.execute(update(Verification).where(Verification.id == run).values(breaks=breaks))

    with as_loader() as session:
        begin(session, history.verifier)
        assert history.last(session).breaks == 0


def test_the_first_of_many_breaks_are_kept_and_all_are_counted(as_loader, monkeypatch):
    monkeypatch.setattr(verifications, "MOST_KEPT", 1)
    history = History(broken={1, 2, 3})
    with as_loader() as session:
        run = begin(session, history.verifier)
        while run.finished_at is None:
            run = go_on(session, history.verifier, run.id)

        assert (run.breaks, run.broken) == (6, [{"number": 1, "why": "content"}])
        assert go_on(session, history.verifier, run.id).breaks == 6


def test_pages_read_what_was_found_and_write_nothing_of_it(as_actor, people):
    person = people.patient().actor
    with as_actor(person) as session:
        last_verifications(session)

    for change in (
        "INSERT INTO foundation.verification DEFAULT VALUES",
        "DELETE FROM foundation.verification",
    ):
        with pytest.raises(Exception, match="permission denied"), as_actor(person) as session:
            session.execute(text(change))


@pytest.fixture
def operator(app, settings, postgres):
    """`operator(verifiers)` runs the command that tells, where these go through histories."""

    def told_of(*verifiers):
        made = app_factory.create_app(settings.model_copy(update={"database_url": postgres.url(LOADER)}))
        made.extensions["verifiers"] = verifiers
        with own_connections():
            result = made.test_cli_runner().invoke(args=["verifications"])
        return result.exit_code, list(map(json.loads, result.stdout.splitlines()))

    return told_of


def test_an_operator_is_told_what_was_found_last(operator, worker, later):
    whole, broken, never = History(), History(broken={1}), History()
    DailyVerifications([whole.verifier, broken.verifier])()

    code, [line] = operator(whole.verifier)
    assert (code, line["numbers"], line["letters"], line["breaks"]) == (0, 5, 5, 0)
    code, [_, line] = operator(whole.verifier, broken.verifier)
    assert (code, line["breaks"]) == (1, 2)
    code, [line] = operator(never.verifier)
    assert (code, line["finished_at"], line["breaks"]) == (1, None, None)


def test_what_was_not_gone_through_for_two_days_is_no_good_news(operator, worker, as_loader):
    history = History()
    DailyVerifications([history.verifier])()
    with as_loader() as session:
        session.execute(
            update(Verification)
            .where(Verification.name == history.verifier.name)
            .values(finished_at=now() - 2 * EVERY)
        )

    assert operator(history.verifier)[0] == 1


def test_the_worker_goes_through_our_own_histories_from_end_to_end(app, worker, as_worker):
    """As the role that the worker has, so that no right is missing; by names that no other test looks for."""
    ours = {each.name: replace(each, name=f"{each.name}-{new_id()}") for each in app.extensions["verifiers"]}

    DailyVerifications([*ours.values()])()

    with as_worker() as session:
        last = {each.name: each for each in last_verifications(session)}
    assert {name: {*last[each.name].checked} for name, each in ours.items()} == {
        "dispatch": {"events", "referrals", "terms"},
        "record": {"versions", "summaries"},
    }
