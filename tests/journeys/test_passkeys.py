"""A doctor adds a passkey, opens a stranger's record with it, and what was typed meanwhile is not lost; by either language.

Chromium holds the passkey itself, as the device of somebody who always agrees (WebDriver, WebAuthn Level 3, section 11).
"""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from foundation.postgres.embedded.address import read_address
from tests.journeys.barriers import barriers_of, width_of
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.pictures import keep_picture
from tests.journeys.service import Service, running
from tests.journeys.waiting import press_with_scripts
from tests.ports import free_ports

DOCTOR_CARD, FORGETFUL_CARD, ADMINISTRATOR_CARD = "staff-0125", "staff-0230", "staff-0324"
SNILS, BORN = "900-000-005 86", "1968-03-08"
LOST = "Проверка окончена: телефон с ключом утерян"
HAPPENED = "Проверка окончена: доставлена без сознания"
WORDS = {
    "en": {
        "add": "Add a passkey",
        "added": "The passkey is added.",
        "reason": "Life is in danger",
        "failed": "The device has not confirmed.",
        "patient": "Vorontsova",
        "unused": "Not used yet",
        "lost": "Lost passkeys",
        "confirmed": "count no more",
        "told": "Your passkeys of before were ended",
    },
    "ru": {
        "add": "Добавить ключ доступа",
        "added": "Ключ доступа добавлен.",
        "reason": "Угроза жизни",
        "failed": "Устройство не подтвердило.",
        "patient": "Воронцова",
        "unused": "Ещё не использовался",
        "lost": "Потерянные ключи доступа",
        "confirmed": "больше не действуют",
        "told": "Ваши прежние ключи доступа отменены",
    },
}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """At an address with a name: at a number browsers make no passkeys."""
    port = free_ports()
    with running(
        tmp_path_factory.mktemp("passkeys") / "data", port, PUBLIC_URL=f"http://localhost:{port}"
    ) as started:
        yield Service(f"http://localhost:{port}", started.data_dir, started.process)


@pytest.fixture
def look():
    """Look at a page in every width, and give what is a barrier or cut off."""

    def looked(page: Page, name: str, language: str) -> None:
        faults = []
        for size in (PHONE, SMALLEST, DESK):
            page.set_viewport_size(size)
            faults += [*barriers_of(page), *([size] if width_of(page) > size["width"] else [])]
            if size is not SMALLEST:
                keep_picture(page, "passkeys", name, language)
        assert faults == []

    return looked


class Device:
    """Chromium's own authenticator."""

    def __init__(self, page: Page) -> None:
        self._wire = page.context.new_cdp_session(page)
        self._wire.send("WebAuthn.enable")
        self._id = self._wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def knows_its_owner(self, knows: bool) -> None:
        self._wire.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": knows})


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_record_is_opened_with_a_passkey(sign_in, look, language):
    words = WORDS[language]
    page = sign_in(DOCTOR_CARD, staff=True, language=language)
    device = Device(page)
    page.goto("/staff/devices")
    page.locator('a[href="/staff/passkeys"]').click()
    look(page, "none", language)
    _add(page, words, look, language)

    page.goto("/staff/emergencies/new")
    page.locator('input[name="snils"]').fill(SNILS)
    page.locator('input[name="birth_date"]').fill(BORN)
    page.get_by_label(words["reason"]).check()
    page.locator('textarea[name="words"]').fill(f"{HAPPENED}\nСпутник — жена.")
    page.locator("main form button").click()
    confirm = page.locator('form[data-behaviour="step_up"][data-attached] button')
    look(page, "confirm", language)
    device.knows_its_owner(False)
    confirm.click()
    expect(page.locator("main [data-failed]")).to_contain_text(words["failed"])
    look(page, "not_confirmed", language)
    device.knows_its_owner(True)
    confirm.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["patient"])

    page.goto("/staff/passkeys")
    expect(page.locator(".device").first).not_to_contain_text(words["unused"])
    look(page, "list", language)
    page.locator('form[action$="/end"] button').click()
    expect(page.locator(".device")).to_have_count(0)


def _add(page: Page, words: dict[str, str], look, language: str) -> None:
    page.get_by_role("link", name=words["add"]).click()
    page.locator('input[name="name"]').fill("")
    page.locator("main form button").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    look(page, "refused", language)
    page.locator('input[name="name"]').fill("Рабочий компьютер")
    press_with_scripts(page)
    expect(page.locator(".flash")).to_contain_text(words["added"])
    look(page, "added", language)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_two_administrators_end_what_was_lost(sign_in, service, look, language):
    words = WORDS[language]
    doctor = sign_in(FORGETFUL_CARD, staff=True, language=language)
    Device(doctor)
    doctor.goto("/staff/passkeys")
    doctor.get_by_role("link", name=words["add"]).click()
    press_with_scripts(doctor)
    expect(doctor.locator(".device")).to_have_count(1)
    _ask(service)

    administrator = sign_in(ADMINISTRATOR_CARD, staff=True, language=language)
    administrator.locator("main").get_by_role("link", name=words["lost"]).click()
    administrator.locator('form[action="/staff/passkey-resets"] button').click()
    expect(administrator.locator(".nhsuk-error-summary")).to_be_visible()
    look(administrator, "resets", language)
    administrator.locator('form[action$="/confirmation"] button').click()
    expect(administrator.locator(".flash")).to_contain_text(words["confirmed"])
    look(administrator, "reset", language)

    doctor.reload()
    expect(doctor.locator(".device")).to_have_count(0)
    expect(doctor.locator("main")).to_contain_text(words["told"])
    expect(doctor.locator("main")).to_contain_text(LOST)
    look(doctor, "told", language)


def _ask(service: Service) -> None:
    """For the last who added a passkey; the demo region has one administrator, so that somebody else is taken for another."""
    engine = create_engine(read_address(service.data_dir / "postgres").url("postgres"))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO identity.passkey_reset (id, staff_id, asked_by, reason) "
                "SELECT gen_random_uuid(), (SELECT staff_id FROM identity.passkey ORDER BY made_at DESC LIMIT 1), "
                "staff_id, :lost FROM identity.staff_post WHERE role = 'privacy-officer' LIMIT 1"
            ),
            {"lost": LOST},
        )
    engine.dispose()


def test_without_scripts_the_page_says_that_there_is_none(sign_in):
    page = sign_in(DOCTOR_CARD, staff=True, java_script_enabled=False)
    page.goto("/staff/passkeys/new")

    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text("It needs scripts for that.")
