"""The quarterly form is counted from what happened up to a moment, adds up, and comes out the same when counted again."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.reports.actions import TOLD_LATE, count_once_a_day
from dispatch_backend.reports.queries.counting import count_quarters
from dispatch_backend.reports.queries.counts import programme, quarterly_form
from dispatch_backend.reports.rules import Quarter, QuarterLine
from foundation.clock import local, now
from foundation.errors import NotFound
from identity.facilities.queries import facility_codes
from identity.roles import Role
from tests.dispatch_backend.reports.days import SENT_AT, day

THIS = Quarter.of(local(now() - TOLD_LATE).date())


@pytest.fixture
def line_of(desk, as_worker):
    """`line_of(quarter, cut_off)`: what is counted there of the desk's own clinic."""

    def counted(quarter, cut_off):
        with as_worker() as session:
            code = facility_codes(session)[desk.doctor.facility_id]
            return count_quarters(session, cut_off=cut_off, quarter=quarter).get(quarter, {}).get(code)

    return counted


def test_a_referral_is_of_the_quarter_of_its_sending_in_the_region_s_time(desk, line_of):
    desk.sent_on(day(2024, 12, 31, 23))
    desk.sent_on(day(2025, 1, 1, 0))

    assert line_of(Quarter(2024, 4), day(2024, 12, 31, 23)) == QuarterLine(waiting=1)
    assert line_of(Quarter(2025, 1), day(2025, 1, 1, 1)) == QuarterLine(waiting=1)


def test_what_came_after_the_cut_off_is_not_known(desk, line_of):
    desk.sent_on(SENT_AT)

    assert line_of(Quarter(2024, 2), SENT_AT - timedelta(seconds=1)) is None
    assert line_of(Quarter(2024, 2), SENT_AT) == QuarterLine(waiting=1)
    assert line_of(Quarter(2024, 2), SENT_AT + timedelta(days=400)) == QuarterLine(overdue=1)


def test_a_visit_counts_from_its_recorded_outcome_on_with_the_wait_until_it_began(desk, as_actor, line_of):
    _, visit = desk.visited()
    before = now()
    with as_actor(desk.dispatcher.actor) as session:
        record_outcome(session, visit, outcome=Outcome.SERVED)

    quarter = Quarter.of(local(before - timedelta(days=3)).date())
    assert line_of(quarter, before) == QuarterLine(unrecorded=1)
    served = line_of(quarter, now())
    assert (served.served_in_term, served.referred, served.breached) == (1, 1, 0)
    # Sent three days ago; the visit began an hour ago.
    assert served.mean_days == pytest.approx(3 - 1 / 24, abs=0.01)
    assert served.share_in_term == 1


@pytest.mark.parametrize(
    ("visit_at", "expected"), [(day(2024, 5, 10), "served_in_term"), (day(2024, 11, 1), "served_late")]
)
def test_the_term_is_kept_by_the_visit_and_not_by_who_wrote_it_down(booked, line_of, visit_at, expected):
    written_at = day(2024, 12, 1)
    booked(visit_at, served_at=written_at)

    line = line_of(Quarter(2024, 2), written_at)
    assert (getattr(line, expected), line.referred) == (1, 1)
    assert line.mean_days == (visit_at - SENT_AT).days


@pytest.mark.parametrize(
    ("visit_at", "cut_off", "expected"),
    [
        (day(2024, 5, 10), day(2024, 5, 5), "waiting"),
        # Nobody said what became of it: that is no broken term.
        (day(2024, 5, 10), day(2024, 7, 1), "unrecorded"),
        # Broken by the time that is booked, as its proof tells it.
        (day(2024, 11, 1), day(2024, 5, 5), "overdue"),
    ],
)
def test_whoever_has_a_time_counts_by_it(booked, line_of, visit_at, cut_off, expected):
    booked(visit_at)

    assert line_of(Quarter(2024, 2), cut_off) == QuarterLine(**{expected: 1})


def test_a_century_of_waiting_is_counted(booked, line_of):
    booked(day(2094, 5, 3), served_at=day(2094, 5, 4))

    assert line_of(Quarter(2024, 2), day(2095, 1, 1)).mean_days == pytest.approx(25_567, abs=1)


def test_the_numbers_add_up_and_what_is_not_known_is_not_told():
    line = QuarterLine(
        served_in_term=3, served_late=1, overdue=2, waiting=4, revoked=5, waited_seconds=86_400 * 8
    )

    assert line.referred == 15
    assert QuarterLine(unrecorded=1).referred == 1
    assert line.breached == 3
    assert line.share_in_term == 0.5
    assert line.mean_days == 2
    assert QuarterLine(waiting=1, revoked=1).share_in_term is None
    assert QuarterLine(waiting=1, revoked=1).mean_days is None


@pytest.mark.parametrize(
    ("named", "first", "following"),
    [("2011-q4", (2011, 10, 1), "2012-q1"), ("2024-q1", (2024, 1, 1), "2024-q2")],
)
def test_a_quarter_has_a_first_day_and_a_next(named, first, following):
    quarter = Quarter.parse(named)

    assert quarter.first_day.timetuple()[:3] == first
    assert str(quarter.next) == following


@pytest.mark.parametrize(
    "named", ["", "2011", "2011-q5", "2011-q0", "٢٠١١-q1", "2011-Q4", "20111-q1", "2011-q4\n"]
)
def test_what_names_no_quarter_leads_nowhere(named):
    with pytest.raises(NotFound):
        Quarter.parse(named)


def test_the_worker_counts_once_a_day_and_an_analyst_reads(desk, emptied, as_worker, as_actor, analyst):
    desk.sent_on(day(2024, 5, 3))
    with as_worker() as session:
        assert count_once_a_day(session) >= 2
    with as_worker() as session:
        assert count_once_a_day(session) == 0

    with as_actor(analyst.actor) as session:
        page = programme(session)
        form = quarterly_form(session, Quarter(2024, 2))
    assert local(page.counted_at).hour == 0
    assert [each.year for each in page.years] == sorted((each.year for each in page.years), reverse=True)
    assert 0 < page.taking_part <= page.facilities
    [of_clinic] = [
        line
        for code, line in form.counted.lines.items()
        if form.facilities[code].id == desk.doctor.facility_id
    ]
    assert of_clinic == QuarterLine(overdue=1)


def test_a_quarter_of_which_nothing_became_otherwise_keeps_its_count(
    desk, emptied, as_worker, as_administrator
):
    desk.sent_on(day(2024, 5, 3))
    with as_worker() as session:
        count_once_a_day(session)
    # As if that had been yesterday.
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE dispatch.quarter_count SET cut_off = cut_off - interval '1 day'"))
    with as_worker() as session:
        changed = count_once_a_day(session)

    assert changed == 1
    with as_administrator() as connection:
        newest = text("SELECT quarter FROM dispatch.quarter_count GROUP BY quarter HAVING count(*) > 1")
        assert connection.scalars(newest).all() == [THIS.first_day]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.DOCTOR, Role.FACILITY_HEAD, Role.PRIVACY_OFFICER])
def test_nobody_else_reads_them_in_the_database(desk, emptied, as_worker, as_actor, people, role):
    with as_worker() as session:
        count_once_a_day(session)

    with as_actor(people.staff(role).actor) as session:
        assert not programme(session).years
        with pytest.raises(NotFound):
            quarterly_form(session, THIS)


def test_the_same_comes_out_when_it_is_counted_again(desk, emptied, as_worker, command):
    desk.sent_on(day(2024, 5, 3))
    with as_worker() as session:
        count_once_a_day(session)

    result = command("recount-reports")

    assert (result.exit_code, result.stdout) == (0, "")


def test_a_count_that_was_touched_is_told(desk, emptied, as_worker, as_administrator, command):
    desk.sent_on(day(2024, 5, 3))
    with as_worker() as session:
        count_once_a_day(session)
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE dispatch.quarter_count SET sha256 = repeat('0', 64) WHERE quarter = '2024-04-01'")
        )

    result = command("recount-reports")

    assert result.exit_code == 1
    assert [json.loads(line)["quarter"] for line in result.stdout.splitlines()] == ["2024-q2"]


def test_the_pages_and_the_table_say_the_same(desk, emptied, as_worker, as_actor, analyst, client_for):
    desk.sent_on(day(2024, 5, 3))
    with as_worker() as session:
        count_once_a_day(session)
    browser = client_for(analyst.actor)

    index = browser.get("/dispatch/reports", headers={"Accept-Language": "en"})
    shown = browser.get("/dispatch/reports/2024-q2", headers={"Accept-Language": "en"})
    kept = browser.get("/dispatch/reports/2024-q2.csv")

    assert index.status_code == shown.status_code == kept.status_code == 200
    assert "/dispatch/reports/2024-q2" in index.text
    assert "Quarter 2 of 2024" in shown.text
    with as_actor(analyst.actor) as session:
        counted = quarterly_form(session, Quarter(2024, 2)).counted
    assert counted.sha256 in shown.text
    assert "How long people waited" in shown.text
    lines = kept.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 + len(counted.lines)
    assert lines[-1].split(",")[2:4] == ["all", str(counted.total.referred)]
    assert browser.get("/dispatch/reports/1999-q1").status_code == 404
    assert browser.get("/dispatch/reports/nonsense").status_code == 404
