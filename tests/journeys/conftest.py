"""A service, a browser, and people who know how to sign in."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from demo.region import Size, make_region
from tests.journeys.service import Service, running
from tests.mail_server import MailServer, mail_server
from tests.ports import free_ports

PHONE = {"width": 360, "height": 740}
# Beginnings of what the journeys write into notes, reasons and searches.
TYPED = {
    "Боль",
    "Отёка нет",
    "Последствия перелома",
    "Пациент просит",
    "Проверка окончена",
    "Ещё не подписано",
}
DESK = {"width": 1280, "height": 900}
SMALLEST = {"width": 320, "height": 640}


@pytest.fixture(scope="session")
def mail() -> Iterator[MailServer]:
    """Where the letters of all journeys arrive."""
    with mail_server() as kept:
        yield kept


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[Service]:
    """The demo region, up and running for all journeys of this worker."""
    folder = tmp_path_factory.mktemp("journeys") / "data"
    with running(folder, free_ports(), **mail.environment) as started:
        yield started
    assert quoted_in_the_logs(folder) == []


def quoted_in_the_logs(data_dir: Path) -> list[str]:
    """People and notes of the journeys whose words reached a log; the step that tells whom to try is asked for names."""
    logs = [each for each in (data_dir / "logs").glob("*.log") if each.name != "demo-people.log"]
    said = "".join(log.read_text() for log in (*logs, data_dir / "postgres" / "server.log"))
    people = make_region(Size.of(1.0)).citizens
    words = {word for each in people for word in (each.full_name, each.name.family + " ", each.snils)}
    return sorted(word for word in words | TYPED if word in said)


class Faults(list[str]):
    """What the browser complained of: errors of scripts, refusals of the content security policy."""


@pytest.fixture
def open_page(browser: Browser, service: Service) -> Iterator[Callable[..., Page]]:
    """`open_page(language="ru", size=PHONE)` opens a fresh browser; its complaints fail the test at the end."""
    contexts, faults = [], Faults()

    def opened(*, language: str = "en", size: dict[str, int] = DESK, **options: object) -> Page:
        context = browser.new_context(
            base_url=service.address, locale=language, viewport=size, has_touch=size is PHONE, **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def sign_in(open_page: Callable[..., Page], service: Service) -> Callable[..., Page]:
    """`sign_in("citizen-1")` takes the card with this subject at the demo provider and comes back signed in."""

    def signed_in(card: str, *, staff: bool = False, **options: object) -> Page:
        page = open_page(**options)
        page.goto("/staff/sign-in" if staff else "/sign-in")
        page.locator("main form button").first.click()
        button = page.locator(f'button[name="card"][value="{card}"]')
        page.locator('button[name="card"]').first.wait_for()
        if not button.count():
            # Only so many are shown at once, those that were added first among them.
            page.locator('input[name="find"]').fill(_name_of(service, card))
            page.locator('input[name="find"]').press("Enter")
        button.click()
        page.wait_for_load_state()
        return page

    return signed_in


def _name_of(service: Service, card: str) -> str:
    people = json.loads((service.data_dir / "demo" / "people.json").read_text())
    return next(each["family_name"] for each in people if each["sub"] == card)
