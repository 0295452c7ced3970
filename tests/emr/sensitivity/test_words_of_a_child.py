"""What a child who decides alone has shared or asked, and what staff wrote of it in words of their own, no parent reads."""

import io
import zipfile

import pytest
from sqlalchemy import func, select

from foundation.errors import NotFound
from identity.emergencies.actions import open_in_emergency
from identity.emergencies.enumerations import EmergencyReason
from identity.shares.actions import revoke_share
from identity.shares.tables import Share, ShareOpening
from portal.erasures.actions import ask_for_erasure
from portal.erasures.tables import ErasureItem, ErasureRequest
from tests.emr.sensitivity.test_parents import acting, acting_as, family, so_old, unaware  # noqa: F401 (fixtures)
from tests.identity.shares.sharing import CALLED, LINKS, Sharing
from tests.pages import read

ALONE = "is told to the child alone"
FOR_WHOM, ASKED, SAID = "нарколог Петров", "Сотрите, что я был у психиатра", "Передозировка, без сознания"


@pytest.fixture
def sharing(app, client_for) -> Sharing:
    return Sharing(app, client_for)


@pytest.fixture
def told(family, sharing, as_actor, people):  # noqa: F811
    """`told(15)`: a family whose child so old has shared a link that was opened, asked for erasure, and was an emergency."""

    def made(years):
        of = family(so_old(years))
        given = sharing.given(of.child, for_whom=FOR_WHOM)
        assert sharing.open(given).status_code == 303
        with as_actor(of.child.actor) as session:
            ask_for_erasure(session, words=ASKED)
        with as_actor(people.doctor().actor) as session:
            open_in_emergency(
                session,
                snils=of.child.snils,
                birth_date=of.child.birth_date,
                reason=next(iter(EmergencyReason)),
                words=SAID,
            )
        return of

    return made


PAGES = {LINKS: FOR_WHOM, "/my/erasure": "Your requests", "/my/access": SAID}


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_no_page_and_no_copy_of_a_parent_s_tells_them(told, sharing, walls, years, seen):
    of = told(years)
    own = sharing.browser_of(of.child)

    with of.mother.get("/my/copy.zip") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        copied = "\n".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())

    assert {each: words in read(own.get(each)) for each, words in PAGES.items()} == dict.fromkeys(PAGES, True)
    assert {each: words in read(of.mother.get(each)) for each, words in PAGES.items()} == dict.fromkeys(
        PAGES, seen
    )
    for each in (LINKS, "/my/erasure"):
        assert (ALONE in read(of.mother.get(each))) is not seen
        assert ALONE not in read(own.get(each))
    assert [words in copied for words in (FOR_WHOM, CALLED, ASKED, SAID)] == [seen] * 4


@pytest.mark.parametrize(("years", "count"), [(14, 1), (15, 0)])
def test_the_database_alone_tells_no_parent_of_links_and_requests(
    told, as_actor, application_wall_off, years, count
):
    of = told(years)

    with as_actor(unaware(of.mother)) as session:
        found = [
            session.scalar(select(func.count()).select_from(each))
            for each in (Share, ShareOpening, ErasureRequest)
        ]
        items = session.scalar(select(func.count()).select_from(ErasureItem))

    assert found == [count] * 3
    assert bool(items) is bool(count)


def test_a_parent_takes_no_such_link_back(told, as_actor):
    of = told(15)
    with as_actor(of.child.actor) as session:
        share_id = session.scalar(select(Share.id))

    with as_actor(acting_as(of.mother)) as session, pytest.raises(NotFound):
        revoke_share(session, share_id)
