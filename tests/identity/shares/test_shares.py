"""A citizen shows somebody outside a part of the record: it opens by link and code together, so far and no further."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from foundation.actor import Actor, ActorKind, SharedPart
from foundation.clock import now, today, zone
from identity.shares import actions
from identity.shares.enumerations import NewShare
from identity.shares.rules import MOST_TRIES, ShareKey
from tests.emr.notes.factories import signed_note
from tests.identity.delegations.acting import Acting
from tests.identity.shares.sharing import DOOR, LINKS, NEW, RECORD, Given
from tests.pages import filled, read

CLOSED = "This link and this code open nothing, or nothing any more."


def status(browser, address):
    return browser.get(address).status_code


@pytest.fixture
def entry_id(as_actor, doctor, patient):
    return signed_note(as_actor, doctor, patient.id)


def test_link_and_code_together_open_the_chosen_part_and_nothing_else(
    sharing, as_actor, people, doctor, patient, entry_id, walled
):
    other = people.patient(cared_for_at=doctor.facility_id)
    foreign = signed_note(as_actor, doctor, other.id)
    given = sharing.given(patient)
    walled()

    browser = sharing.looking(given)

    page = read(browser.get(RECORD))
    assert "Pokazova" in page
    assert f"{RECORD}/{entry_id}" in browser.get(RECORD).text
    assert "Кашель третий день" in browser.get(f"{RECORD}/{entry_id}").text
    assert {status(browser, f"{RECORD}/{each}") for each in (foreign, other.id)} == {404}
    assert status(browser, f"{RECORD}/{entry_id}/versions/1/documents/1") == 404


@pytest.mark.parametrize(
    "address",
    ["/my", "/my/timeline", "/my/access", "/my/record.json", "/my/images", "/my/shares", "/emr"],
)
def test_no_page_of_the_citizen_and_no_desk_opens_to_a_link(sharing, patient, entry_id, address):
    browser = sharing.looking(sharing.given(patient))

    assert browser.get(address).status_code == 303


def test_what_is_of_another_kind_is_absent(sharing, patient, entry_id, walled):
    given = sharing.given(patient, kinds=["result"])
    walled()

    browser = sharing.looking(given)

    assert status(browser, f"{RECORD}/{entry_id}") == 404
    assert "Nothing of this kind." in read(browser.get(RECORD))


@pytest.mark.parametrize(
    ("first", "last", "seen"),
    [
        ("2026-05-03", "2026-05-03", True),
        ("2026-05-03", "", True),
        ("", "2026-05-03", True),
        ("2026-05-04", "", False),
        ("", "2026-05-02", False),
    ],
)
@pytest.mark.parametrize("moment", ["first", "last"])
def test_the_period_holds_both_its_days_from_their_first_moment_to_their_last(
    sharing, as_actor, doctor, patient, first, last, seen, moment, walled
):
    day = datetime(2026, 5, 3, tzinfo=zone())
    at = day if moment == "first" else day + timedelta(days=1) - timedelta(minutes=1)
    entry_id = signed_note(as_actor, doctor, patient.id, seen_at=at.astimezone(UTC))
    given = sharing.given(patient, first_day=first, last_day=last)
    walled()

    browser = sharing.looking(given)

    assert status(browser, f"{RECORD}/{entry_id}") == (200 if seen else 404)
    assert (str(entry_id) in browser.get(RECORD).text) is seen


def test_each_opening_has_its_own_part_though_statements_are_kept(sharing, as_actor, doctor, patient):
    """Statements are compiled once for each kind of reader: what one link opens must never be another's."""
    entry_id = signed_note(as_actor, doctor, patient.id)
    notes = sharing.looking(sharing.given(patient))
    results = sharing.looking(sharing.given(patient, kinds=["result"]))

    for _ in range(2):
        assert str(entry_id) in notes.get(RECORD).text
        assert str(entry_id) not in results.get(RECORD).text


def test_a_text_that_is_not_signed_is_absent(sharing, as_actor, doctor, patient, entry_id, walled):
    from emr.notes.actions.notes import save_note
    from tests.emr.notes.factories import note

    with as_actor(doctor.actor) as session:
        save_note(session, entry_id, note=note(plan="Ещё не подписано"), seen_number=1, reason="Посев")
    given = sharing.given(patient)
    walled()

    assert "Ещё не подписано" not in sharing.looking(given).get(f"{RECORD}/{entry_id}").text


def test_what_carries_a_label_is_not_shared(sharing, as_actor, doctor, patient, entry_id, walled):
    labelled = signed_note(as_actor, doctor, patient.id, diagnosis_code="F20.0", diagnosis="Шизофрения")
    given = sharing.given(patient)
    walled()

    browser = sharing.looking(given)

    assert [status(browser, f"{RECORD}/{each}") for each in (entry_id, labelled)] == [200, 404]
    assert str(labelled) not in browser.get(RECORD).text


def _wrong_ways(sharing, patient):
    """Every way in which nothing opens: a link and a code, as a stranger gives them."""
    browser = sharing.browser_of(patient)
    good, used, ended = (sharing.given(browser, most_openings="1") for _ in range(3))
    assert sharing.open(used).status_code == 303
    # The newest is at the top.
    sharing.revoke(browser)
    wrong = ("1" if good.code[0] != "1" else "2") + good.code[1:]
    return {
        "wrong code": Given(good.link, wrong),
        "wrong link": Given(f"{good.link.partition('#')[0]}#{ShareKey.new().token}", good.code),
        "no link of ours": Given("https://somewhere.example/else", good.code),
        "no code": Given(good.link, "letters"),
        "revoked": ended,
        "used up": used,
        "another's code": Given(good.link, used.code),
    }


def test_whatever_is_wrong_is_answered_alike(sharing, patient):
    answers = {}
    for why, given in _wrong_ways(sharing, patient).items():
        answer = sharing.open(given)
        words = read(answer)
        headers = sorted(
            (name, value)
            for name, value in answer.headers
            if name not in ("X-Request-ID", "Content-Length", "Set-Cookie", "Date", "ETag")
        )
        answers[why] = (answer.status_code, words, headers)

    first = answers["wrong code"]
    assert first[0] == 422
    assert CLOSED in first[1]
    assert "Pokazova" not in first[1]
    assert {why: each for why, each in answers.items() if each != first} == {}


def test_a_wrong_link_costs_the_database_what_a_wrong_code_does(sharing, patient, as_administrator):
    good = sharing.given(patient)
    tries = []
    for given in (
        Given(good.link, "0000000000"),
        Given(f"x#{ShareKey.new().token}", good.code),
        Given("nothing", "1"),
    ):
        with as_administrator() as connection:
            before = connection.scalar(text("SELECT count(*) FROM identity.share_try"))
        sharing.open(given)
        with as_administrator() as connection:
            tries.append(connection.scalar(text("SELECT count(*) FROM identity.share_try")) - before)

    assert tries == [1, 1, 1]


def test_ten_wrong_codes_close_a_link(sharing, patient):
    browser = sharing.browser_of(patient)
    given = sharing.given(browser)
    wrong = Given(given.link, "00000 00000")
    for _ in range(MOST_TRIES - 1):
        sharing.open(wrong)
    still = sharing.open(given).status_code
    sharing.open(wrong)

    assert still == 303
    assert sharing.open(given).status_code == 422
    assert "wrong codes were tried too often" in read(browser.get(LINKS))


def test_a_link_opens_as_often_as_was_said(sharing, patient, entry_id):
    given = sharing.given(patient, most_openings="2")
    first, second = sharing.looking(given), sharing.looking(given)

    assert sharing.open(given).status_code == 422
    assert {status(each, f"{RECORD}/{entry_id}") for each in (first, second)} == {200}


def test_of_two_who_open_the_last_opening_at_once_one_does(sharing, patient):
    for _ in range(3):
        given = sharing.given(patient, most_openings="1")
        openers = [sharing.stranger() for _ in range(4)]

        with ThreadPoolExecutor(4) as together:
            answers = list(together.map(lambda each, given=given: sharing.open(given, each), openers))

        assert sorted(each.status_code for each in answers) == [303, 422, 422, 422]


def test_taken_back_it_is_felt_at_the_next_request(sharing, patient, entry_id):
    browser = sharing.browser_of(patient)
    stranger = sharing.looking(sharing.given(browser))
    before = status(stranger, f"{RECORD}/{entry_id}")

    revoked = sharing.revoke(browser)
    after = stranger.get(f"{RECORD}/{entry_id}")

    assert (before, revoked.status_code) == (200, 303)
    assert (after.status_code, after.location) == (303, f"{DOOR}?why=ended")
    assert "the patient has taken the link back" in read(stranger.get(after.location))
    assert "You took it back" in read(browser.get(LINKS))


def test_row_security_closes_with_the_link_though_a_session_still_says_otherwise(
    sharing, patient, entry_id, as_actor, as_administrator
):
    browser = sharing.browser_of(patient)
    sharing.looking(sharing.given(browser))
    with as_administrator() as connection:
        opening_id = connection.scalar(
            text("SELECT id FROM identity.share_opening WHERE patient_id = :patient"), {"patient": patient.id}
        )
    looking = Actor(
        ActorKind.SHARE,
        patient_id=patient.id,
        role="share",
        session_id=opening_id,
        shared=SharedPart(("note",)),
    )
    seen = []
    for act in (lambda: None, lambda: sharing.revoke(browser)):
        act()
        with as_actor(looking) as session:
            seen.append(session.scalar(text("SELECT count(*) FROM emr.entry_summary")))

    assert seen == [1, 0]


def test_whoever_leaves_is_out(sharing, patient, entry_id):
    stranger = sharing.looking(sharing.given(patient))

    left = stranger.post("/shared/end", data=filled(stranger.get(RECORD)))

    assert (left.status_code, left.location) == (303, DOOR)
    assert status(stranger, f"{RECORD}/{entry_id}") == 303


def test_time_ends_a_link_and_an_opening(sharing, patient, as_administrator, entry_id):
    stranger = sharing.looking(sharing.given(patient))
    with as_administrator() as connection:
        connection.execute(text("ALTER TABLE identity.share_opening DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE identity.share_opening SET expires_at = now() WHERE patient_id = :patient"),
            {"patient": patient.id},
        )
        connection.execute(text("ALTER TABLE identity.share_opening ENABLE TRIGGER USER"))

    assert status(stranger, f"{RECORD}/{entry_id}") == 303


def test_an_opening_lasts_an_hour_and_never_longer_than_its_link(sharing, patient, as_administrator):
    sharing.looking(sharing.given(patient))
    with as_administrator() as connection:
        lasts = connection.scalar(
            text("SELECT expires_at - opened_at FROM identity.share_opening WHERE patient_id = :patient"),
            {"patient": patient.id},
        )

    assert lasts <= timedelta(hours=1)


def test_a_death_closes_links_and_openings(sharing, patient, entry_id, as_administrator):
    given = sharing.given(patient)
    stranger = sharing.looking(given)
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.patient SET recorded_death_on = now()::date WHERE id = :patient"),
            {"patient": patient.id},
        )

    assert status(stranger, f"{RECORD}/{entry_id}") == 303
    assert sharing.open(given).status_code == 422


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator):
    return Acting(people, client_for, as_loader, as_administrator)


def test_whoever_has_the_whole_right_shares_and_the_link_ends_with_the_right(
    sharing, acting, people, patient, entry_id
):
    mother = people.patient()
    right = acting.let(mother, patient)
    given = sharing.given(acting.acting(mother, right))
    stranger = sharing.looking(given)
    before = status(stranger, f"{RECORD}/{entry_id}")

    acting.take_back(right)
    assert "Shut: whoever made it may no longer act for you" in read(sharing.browser_of(patient).get(LINKS))

    assert before == 200
    assert status(stranger, f"{RECORD}/{entry_id}") == 303
    assert sharing.open(given).status_code == 422


def test_whoever_has_a_part_of_the_right_shares_nothing(sharing, acting, people, patient):
    from identity.access.enumerations import Scope

    friend = people.patient()
    browser = acting.acting(friend, acting.let(friend, patient, scopes=(Scope.RECORD,)))

    assert {browser.get(LINKS).status_code, browser.get(NEW).status_code} == {403}
    assert browser.post(LINKS, data={}).status_code == 403


def test_nobody_takes_back_another_ones_link(sharing, people, patient, walled):
    browser = sharing.browser_of(patient)
    given = sharing.given(browser)
    share_id = browser.get(LINKS).text.split("/revocation")[0].rpartition("/")[2]
    other = sharing.browser_of(people.patient())
    walled()

    answers = [
        other.post(f"{LINKS}/{each}/revocation", data=filled(other.get(NEW)))
        for each in (share_id, "0198a3c4-0000-7000-8000-000000000000")
    ]

    assert [each.status_code for each in answers] == [404, 404]
    assert sharing.open(given).status_code == 303


def test_the_database_keeps_neither_the_link_nor_the_code(sharing, patient, as_administrator):
    given = sharing.given(patient)
    with as_administrator() as connection:
        rows = connection.execute(
            text("SELECT s::text FROM identity.share s WHERE patient_id = :patient"), {"patient": patient.id}
        ).scalars()
        kept = " ".join(rows)

    assert kept
    assert given.token not in kept
    assert given.token.encode().hex() not in kept
    assert given.code.replace(" ", "") not in kept


def test_the_link_stands_on_one_page_once(sharing, patient):
    browser = sharing.browser_of(patient)
    sent = {name: each for name, each in filled(browser.get(NEW)).items() if name != "step"}
    first = sharing.send(browser, **sent)
    again = sharing.send(browser, **sent)

    assert "shared-code" in first.text
    assert first.headers["Cache-Control"] == "no-store"
    assert again.status_code == 303
    assert "kept nowhere" in read(browser.get(again.location))
    assert browser.get(LINKS).text.count("/revocation") == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kinds": []}, "Choose at least one."),
        ({"for_whom": " "}, "Say for whom the link is."),
        ({"open_until": str(today() - timedelta(days=1))}, "Choose a day from today"),
        ({"open_until": str(today() + timedelta(days=31))}, "Choose a day from today"),
        ({"first_day": "2026-05-04", "last_day": "2026-05-03"}, "The last day is before the first."),
        ({"most_openings": "11"}, "Not a valid choice"),
        ({"kinds": ["administrative"]}, "is not a valid choice"),
    ],
)
@pytest.mark.parametrize("step", ["check", "make"])
def test_what_is_not_right_is_said_and_nothing_is_made(sharing, patient, changes, words, step):
    browser = sharing.browser_of(patient)

    answer = sharing.send(browser, step=step, **changes)

    assert answer.status_code == 422
    assert words in read(answer)
    assert "You have shown nothing to anybody." in read(browser.get(LINKS))


def test_answers_are_checked_and_can_be_changed_before_anything_is_made(sharing, patient):
    browser = sharing.browser_of(patient)

    checked = sharing.send(browser, step="check", first_day="2026-01-01")
    changed = sharing.send(browser, step="change", for_whom="хирург")

    assert "Check what you show" in read(checked)
    assert "from 1 January 2026 on" in read(checked)
    assert 'value="хирург"' in changed.text
    assert "You have shown nothing to anybody." in read(browser.get(LINKS))


def test_nobody_makes_links_without_end(sharing, patient, monkeypatch):
    monkeypatch.setattr(actions, "MOST_A_DAY", 1)
    browser = sharing.browser_of(patient)
    sharing.given(browser)

    assert sharing.send(browser).status_code == 429


def test_the_citizen_reads_who_opened_what_and_by_which_link(sharing, patient, entry_id):
    browser = sharing.browser_of(patient)
    stranger = sharing.looking(sharing.given(browser))
    stranger.get(RECORD)
    stranger.get(f"{RECORD}/{entry_id}")

    log, links = read(browser.get("/my/access")), read(browser.get(LINKS))

    assert "Гостев Илья Ильич" in log
    assert (
        "By your link “кардиолог в Самаре”. Name and workplace as they said themselves: Больница № 9" in log
    )
    assert "Why it was allowed: by the link that you gave." in log
    for told in ("Your link was opened", "The record was opened", "An entry was read"):
        assert told in log
    assert "Opened: 1 of 3." in links
    assert "Гостев Илья Ильич" in links


def test_of_the_opener_must_be_said_who_and_where(sharing, patient):
    given = sharing.given(patient)
    for changes in (
        {"name": ""},
        {"name": "  "},
        {"workplace": ""},
        {"workplace": " \t"},
        {"name": "x" * 121},
    ):
        assert sharing.open(given, **changes).status_code == 422

    assert sharing.open(given).status_code == 303


def test_the_name_is_told_by_nothing_before_the_code(sharing, patient):
    given = sharing.given(patient)

    page = sharing.stranger().get(DOOR)

    assert page.status_code == 200
    assert "Pokazova" not in page.text
    assert given.token not in page.text


def test_the_token_is_in_no_address_that_is_ever_sent(sharing, patient):
    given = sharing.given(patient)

    assert given.link.startswith("http")
    assert given.link.endswith(f"/shared#{given.token}")
    assert len(given.token) == 43


def test_a_share_is_for_entries_or_for_a_study_and_for_a_time():
    from foundation.errors import RuleBroken
    from identity.shares.rules import require_shareable

    day = date(2026, 5, 3)
    good = {"for_whom": "x", "open_until": day, "most_openings": 1, "kinds": ("note",)}
    require_shareable(NewShare(**good), today=day)
    require_shareable(NewShare(**{**good, "open_until": day + timedelta(days=30)}), today=day)
    for wrong in (
        {"kinds": ()},
        {"study_uid": "1.2"},
        {"open_until": day - timedelta(days=1)},
        {"open_until": day + timedelta(days=31)},
        {"most_openings": 0},
        {"most_openings": 11},
        {"first_day": day, "last_day": day - timedelta(days=1)},
    ):
        with pytest.raises(RuleBroken):
            require_shareable(NewShare(**{**good, **wrong}), today=day)


def test_tries_are_forgotten_when_no_link_of_then_lives(sharing, patient, as_worker, as_administrator):
    sharing.open(Given("nothing", "1"))
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.share_try SET tried_at = :then"), {"then": now() - timedelta(days=92)}
        )
    sharing.open(Given("nothing", "1"))

    with as_worker() as session:
        gone = actions.sweep_share_tries(session)

    with as_administrator() as connection:
        assert gone >= 1
        assert connection.scalar(text("SELECT count(*) FROM identity.share_try")) == 1
