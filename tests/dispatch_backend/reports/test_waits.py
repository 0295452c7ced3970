"""How long people waited, and whether they came: counted with the quarterly form, kept under a digest, told where it is known."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.reports.actions import count_once_a_day
from dispatch_backend.reports.queries.counting import count_waits
from dispatch_backend.reports.queries.counts import quarterly_form
from dispatch_backend.reports.rules import Quarter, Waits, total_waits, waits_as_counted, waits_as_kept
from foundation.clock import local, now
from identity.facilities.queries import facility_codes
from tests.dispatch_backend.reports.days import SENT_AT, day

SPRING = Quarter(2024, 2)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, (None, None, None)),
        ({4: 1}, (4, 4, 4)),
        ({1: 5, 9: 4, 30: 1}, (1, 9, 30)),
        ({1: 49, 2: 51}, (2, 2, 2)),
        ({1: 95, 40: 5}, (1, 1, 1)),
    ],
)
def test_so_many_of_a_hundred_had_their_visit_within_so_many_days(days, expected):
    waits = Waits(0, days)

    assert (waits.half_within, waits.nine_tenths_within, waits.nearly_all_within) == expected


def test_waits_add_up_and_are_kept_as_they_were():
    of_two = {"MF-1": Waits(1, {3: 2}), "MF-2": Waits(0, {3: 1, 5: 1})}

    assert total_waits(of_two.values()) == Waits(1, {3: 3, 5: 1})
    assert total_waits(of_two.values()).share_missed == 0.2
    assert Waits().share_missed is None
    assert waits_as_counted(waits_as_kept(of_two)) == of_two


@pytest.fixture
def waits_of(desk, as_worker):
    """`waits_of(quarter, cut_off)`: of the desk's own clinic."""

    def counted(quarter, cut_off):
        with as_worker() as session:
            code = facility_codes(session)[desk.doctor.facility_id]
            return count_waits(session, cut_off=cut_off, quarter=quarter).get(quarter, {}).get(code)

    return counted


def test_the_wait_ends_when_the_visit_begins_and_a_begun_day_counts(booked, waits_of):
    booked(day(2024, 5, 10, 13), served_at=day(2024, 6, 1))

    assert waits_of(SPRING, day(2024, 5, 31)) == Waits()
    assert waits_of(SPRING, day(2024, 6, 1)) == Waits(0, {8: 1})


def test_a_missed_visit_is_counted_and_nobody_who_missed_it_was_served(desk, as_actor, waits_of):
    _, visit = desk.visited()
    with as_actor(desk.dispatcher.actor) as session:
        referral = record_outcome(session, visit, outcome=Outcome.NO_SHOW)

    assert waits_of(Quarter.of(local(referral.submitted_at).date()), now()) == Waits(1)


def test_waits_that_were_touched_are_told(desk, emptied, as_worker, as_administrator, command):
    desk.sent_on(SENT_AT)
    with as_worker() as session:
        count_once_a_day(session)
    assert command("recount-reports").exit_code == 0
    touched = "UPDATE dispatch.quarter_count SET waits_sha256 = repeat('0', 64) WHERE quarter = '2024-04-01'"
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(touched))

    assert command("recount-reports").exit_code == 1


@pytest.fixture
def as_before(as_worker, as_administrator):
    """Counts of yesterday by a process that knew nothing of waits."""
    with as_worker() as session:
        count_once_a_day(session)
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE dispatch.quarter_count SET waits = NULL, waits_sha256 = NULL, cut_off = cut_off - interval '1 day'"
            )
        )
        # Its digest told that other moment.
        connection.execute(text("DELETE FROM dispatch.quarter_count WHERE quarter <> '2024-04-01'"))


@pytest.fixture
def sent(emptied, desk):
    return desk.sent_on(SENT_AT)


def test_what_was_not_counted_is_not_told_until_it_is(
    sent,
    as_before,
    as_worker,
    as_actor,
    analyst,
    client_for,
):
    browser = client_for(analyst.actor)
    english = {"Accept-Language": "en"}
    assert "How long people waited" not in browser.get("/dispatch/reports/2024-q2", headers=english).text

    with as_worker() as session:
        count_once_a_day(session)

    assert "How long people waited" in browser.get("/dispatch/reports/2024-q2", headers=english).text


@pytest.mark.parametrize(
    ("language", "titles"), [("en", ["Numbers", "Waits"]), ("ru", ["Показатели", "Ожидание"])]
)
def test_the_spreadsheet_says_what_the_page_says(
    sent,
    as_worker,
    as_actor,
    analyst,
    client_for,
    language,
    titles,
):
    with as_worker() as session:
        count_once_a_day(session)

    answer = client_for(analyst.actor).get(
        "/dispatch/reports/2024-q2.xlsx", headers={"Accept-Language": language}
    )

    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[:2] == titles
    with as_actor(analyst.actor) as session:
        counted = quarterly_form(session, SPRING).counted
    head, of_all, *of_each = book[titles[0]].iter_rows(values_only=True)
    assert of_all[1] == counted.total.referred
    assert len(of_each) == len(counted.lines)
    assert {len(head)} == {len(line) for line in of_each}
