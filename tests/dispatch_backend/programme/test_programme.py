"""What the programme brought is entered by tables, adds up, and is the ministry's to read, on the page and in a spreadsheet."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.programme.queries import programme_card
from dispatch_backend.programme.rules import Brought, total
from foundation.postgres.roles import LOADER
from identity.roles import Role
from tests.pages import read
from tests.registers import Loading, counts, faults

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def emptied(as_administrator):
    forget = text("DELETE FROM dispatch.equipment; DELETE FROM dispatch.programme_expense")
    with as_administrator() as connection:
        connection.execute(forget)
    yield
    with as_administrator() as connection:
        connection.execute(forget)


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


@pytest.fixture
def code(people, as_administrator):
    with as_administrator() as connection:
        asked = text("SELECT code FROM identity.facility WHERE id = :id")
        return connection.scalar(asked, {"id": people.facility()})


@pytest.fixture
def analyst(people):
    return people.staff(Role.MINISTRY_ANALYST)


def line(code, year=2011, workplaces=10, devices=4, needed=20, on_network=15):
    return {
        "facility": code,
        "year": year,
        "workplaces": workplaces,
        "multifunction_devices": devices,
        "workplaces_to_automate": needed,
        "workplaces_on_network": on_network,
    }


EXPENSE = {"year": 2011, "roubles": 80_000_000, "basis_en": "An act", "basis_ru": "Акт"}


def test_a_line_is_entered_once_and_changed_where_it_is_told_otherwise(emptied, load, code):
    assert counts(load("load-equipment", line(code))) == (1, 0, 0, 0)
    assert counts(load("load-equipment", line(code))) == (0, 0, 1, 0)
    assert counts(load("load-equipment", line(code, workplaces=11), line(code, year=2012))) == (1, 1, 0, 0)
    assert counts(load("load-expenses", EXPENSE)) == (1, 0, 0, 0)
    assert counts(load("load-expenses", EXPENSE | {"roubles": 1})) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"facility": "nowhere"}, "there is none with the code nowhere"),
        ({"workplaces_on_network": 21}, "21 are more than the 20 to automate"),
        ({"workplaces": -1}, "is not from 0 to"),
        ({"year": 19}, "is not from 1990 to 2100"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_entered(emptied, load, code, as_administrator, wrong, why):
    ((_, said),) = faults(load("load-equipment", line(code), line(code, year=2012) | wrong))

    assert why in said
    with as_administrator() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dispatch.equipment")) == 0


def test_the_database_takes_no_more_on_the_network_than_there_are(code, engines):
    with pytest.raises(DBAPIError, match="on_network"), engines[LOADER].begin() as connection:
        connection.execute(
            text(
                "INSERT INTO dispatch.equipment SELECT id, 2011, 1, 1, 1, 2 FROM identity.facility WHERE code = :code"
            ),
            {"code": code},
        )


def test_what_was_put_up_adds_up_and_how_far_they_came_is_of_the_newest_year(
    emptied, load, code, as_actor, analyst
):
    load(
        "load-equipment", line(code), line(code, year=2012, workplaces=5, devices=1, needed=25, on_network=25)
    )
    load("load-expenses", EXPENSE)

    with as_actor(analyst.actor) as session:
        card = programme_card(session)

    assert [(place.code, brought) for place, brought in card.facilities] == [(code, Brought(15, 5, 25, 25))]
    of_year = {each.year: each for each in card.years}
    assert of_year[2011].brought == Brought(10, 4, 20, 15)
    assert (of_year[2011].roubles, of_year[2012].roubles) == (80_000_000, None)
    assert card.total.share_on_network == 1


def test_a_share_of_nothing_is_not_told():
    assert Brought().share_on_network is None
    assert total([Brought(1, 0, 4, 1), Brought(1, 2, 0, 0)]) == Brought(2, 2, 4, 1)
    assert total([Brought(1, 0, 4, 1)]).share_on_network == 0.25


def test_the_page_and_the_spreadsheet_say_the_same(emptied, load, code, analyst, client_for):
    load("load-equipment", line(code))
    load("load-expenses", EXPENSE)
    browser = client_for(analyst.actor)

    page = read(browser.get("/dispatch/programme", headers=ENGLISH))
    book = load_workbook(io.BytesIO(browser.get("/dispatch/programme.xlsx", headers=ENGLISH).data))

    assert "80.0" in page
    assert "75%" in page
    assert "Share connected" in page
    assert "2011: An act." in page
    rows = {line[0]: line for line in book["Years"].iter_rows(min_row=2, values_only=True)}
    assert rows[2011][2:] == (80_000_000, 10, 4, 20, 15, 0.75, "An act")
    assert next(book["Medical facilities"].iter_rows(min_row=2, values_only=True))[1:] == (
        10,
        4,
        20,
        15,
        0.75,
    )


def test_nothing_entered_is_told_as_that(emptied, analyst, client_for, as_administrator):
    with as_administrator() as connection:
        connection.execute(
            text("SET LOCAL session_replication_role = replica; DELETE FROM dispatch.quarter_count")
        )

    assert "Nothing is known of the programme yet." in read(
        client_for(analyst.actor).get("/dispatch/programme", headers=ENGLISH)
    )
