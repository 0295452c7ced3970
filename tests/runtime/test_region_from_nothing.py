"""An empty production becomes a region by the documented commands alone: up to the first booking."""

import contextlib
import json
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from psycopg2.extensions import parse_dsn

import app_factory
from archive_gateway.backups.actions import carry
from archive_gateway.store.folder import FolderStore
from archive_gateway.store.opening import open_store
from foundation.database.revisions import known_revisions
from foundation.settings import Settings, load_settings
from tests.architecture.house import HOUSE
from tests.archive_gateway.dicom.factories import data_set, write
from tests.conftest import SECRET
from tests.connections import own_connections
from tests.identity.provider_process import (
    RunningProvider,
    providers_for,
    running_provider,
    sign_in_with_card,
    signing_in_through,
)
from tests.pages import filled, hidden_fields
from tests.ports import free_ports
from tests.runtime.operators_database import (
    admins_url,
    empty_database,
    somebodys_server,
    superusers_url,
)

EXAMPLE = re.compile(r"^```csv (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCTOR, DISPATCHER, PATIENT = "99000090180", "99000090281", "99000090382"
# As the tables of the documents tell it.
BORN = {DOCTOR: "1980-05-03", DISPATCHER: "1975-11-20"}
ENGLISH = {"Accept-Language": "en"}
PROVIDERS = """
[[provider]]
name = "eid"
title = { en = "State eID", ru = "Государственный ЭИ" }
audience = "citizens"
issuer = "https://eid.example"
discovery = "https://eid.example/.well-known/openid-configuration"
client = { id = "health", auth = "client_secret_basic", secret = "for tests only" }
request = { scope = "openid", levels = ["high"] }
levels = { high = "high" }
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a production whose database is empty."""
    folder = tmp_path_factory.mktemp("production")
    (folder / "providers.toml").write_text(PROVIDERS, encoding="utf-8")
    with somebodys_server(folder / "server") as address:
        yield load_settings(
            {
                "PROFILE": "production",
                "PUBLIC_URL": "https://health.example",
                "SECRET_KEY": SECRET,
                "DATABASE_URL": admins_url(address),
                "DATA_DIR": str(folder / "data"),
                "IDENTITY_PROVIDERS_FILE": str(folder / "providers.toml"),
                "LOG_LEVEL": "ERROR",
            }
        )


@pytest.fixture(scope="module")
def run(production: Settings) -> Callable[..., Result]:
    """`run("migrate")` as the operator types it."""

    def ran(*words: object) -> Result:
        with own_connections():
            made = app_factory.create_app(production)
            return made.test_cli_runner().invoke(args=[*map(str, words)])

    return ran


@pytest.fixture(scope="module")
def filled_region(
    run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """The region of the examples in docs/filling_a_region.md; what each command said."""
    folder = tmp_path_factory.mktemp("tables")
    document = (HOUSE / "docs" / "filling_a_region.md").read_text(encoding="utf-8")
    tables = dict(EXAMPLE.findall(document))
    (folder / "patients.json").write_text(json.dumps(_one_patient()), encoding="utf-8")
    said = {}
    assert run("migrate").exit_code == 0
    assert run("load-dispatch-reference").exit_code == 0
    for name in ("facilities", "staff", "posts", "services", "slots", "devices"):
        (folder / f"{name}.csv").write_text(tables.pop(name), encoding="utf-8")
        said[name] = _account(run(f"load-{name}", folder / f"{name}.csv"))
    said["patients"] = _account(run("import-fhir", "--facility", "MF-001", folder / "patients.json"))
    assert not tables
    return said


def _account(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    account: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return account


def _one_patient() -> dict[str, object]:
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:1.2.643.100.3", "value": PATIENT}],
        "name": [{"family": "Пациентова", "given": ["Вера", "Павловна"]}],
        "gender": "female",
        "birthDate": "1960-05-03",
    }
    entry = {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": patient,
        "request": {"method": "POST", "url": "Patient"},
    }
    return {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}


def test_the_examples_of_the_document_are_taken_whole(filled_region):
    assert [
        (said["added"], said["refused"]) for name, said in filled_region.items() if name != "patients"
    ] == [
        (3, []),
        (2, []),
        (2, []),
        (1, []),
        (2, []),
        (2, []),
    ]
    assert filled_region["patients"]["stored"] == {"Patient": 1}


@pytest.fixture(scope="module")
def provider(production: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """A provider on this machine in the place of the state's: production believes only one with TLS of its own."""
    port = free_ports()
    own = production.model_copy(update={"port": port, "public_url": f"http://127.0.0.1:{port}"})
    with running_provider(tmp_path_factory.mktemp("provider"), own) as running:
        yield running


@pytest.fixture
def pages(production: Settings, provider: RunningProvider, filled_region: object) -> Iterator[Flask]:
    with own_connections():
        made = app_factory.create_web(production)
        with signing_in_through(made, provider.settings, providers_for(provider.settings)):
            yield made


def _signed_in(pages: Flask, provider: RunningProvider, snils: str) -> FlaskClient:
    browser = pages.test_client()
    browser.environ_base["wsgi.url_scheme"] = "https"
    card = provider.know(sub=f"sub-{snils}", snils=snils, birth_date=BORN.get(snils, "1970-01-01"))
    answer = sign_in_with_card(browser, card, way="/staff/sign-in/demo-desk")
    assert answer.status_code == 303, answer.text
    return browser


def test_from_an_empty_database_to_the_first_booking(pages, provider):
    doctor = _signed_in(pages, provider, DOCTOR)
    asked = filled(doctor.get("/emr"), text="Пациентова")
    found = doctor.post("/emr/searches", data=asked, headers=ENGLISH, follow_redirects=True)
    (patient_id,) = set(re.findall(r"/emr/patients/([0-9a-f-]{36})", found.text))
    page = doctor.get(f"/emr/patients/{patient_id}/referrals/new", follow_redirects=True)
    typed = {
        "service": "C-RHEUM",
        "priority": "planned",
        "diagnosis_code": "M06.9",
        "reason": "Боль в суставах",
    }
    sent = doctor.post(f"/emr/patients/{patient_id}/referrals", data=filled(page, **typed))
    assert sent.status_code == 303, sent.text

    dispatcher = _signed_in(pages, provider, DISPATCHER)
    queue = dispatcher.get("/dispatch", headers=ENGLISH)
    (referral_id,) = set(re.findall(r"/dispatch/referrals/([0-9a-f-]{36})", queue.text))
    offers = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)
    slot_id = re.search(r'name="slot" value="([0-9a-f-]{36})"', offers.text)[1]
    chosen = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH)
    booked = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={**hidden_fields(chosen, "book-"), "book-slot_id": slot_id},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "The slot is booked." in booked.text
    assert "Dr Lebedeva" in booked.text


# ---- kept, and brought back ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keeper(production: Settings) -> Settings:
    """The settings of who backs up and restores: a login that sees every row, as the document asks."""
    return production.model_copy(update={"database_url": superusers_url(production.database_url, "health")})


@pytest.fixture(scope="module")
def images(
    run: Callable[..., Result], filled_region: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The region holds an image, and a broken one in quarantine."""
    folder = tmp_path_factory.mktemp("dicom")
    write(data_set(), folder / "whole.dcm")
    broken = write(data_set(), folder / "broken.dcm").path
    broken.write_bytes(broken.read_bytes()[:-20])
    result = run("import-dicom", "--facility", "MF-002", folder)
    account = json.loads(result.stdout.splitlines()[-1])
    assert (account["stored"], len(account["quarantined"])) == (1, 1), result.output


@pytest.fixture(scope="module")
def backed_up(
    keeper: Settings, images: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("keeping") / "backup"
    return folder, _account(run_as(keeper, "backup", folder))


def run_as(settings: Settings, *words: object) -> Result:
    with own_connections():
        return app_factory.create_app(settings).test_cli_runner().invoke(args=[*map(str, words)])


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours, in an order of their own."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND pg_get_userbyid(n.nspowner) = 'center_owner'"
        )
        rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
        return rows


def images_of(settings: Settings) -> dict[str, bytes]:
    root = settings.data_dir / "images"
    return {str(file.relative_to(root)): file.read_bytes() for file in root.glob("*/??/??/*")}


def elsewhere(settings: Settings, folder: Path, **changes: object) -> Settings:
    data = folder / "elsewhere"
    return settings.model_copy(
        update={"data_dir": data, "image_store_url": (data / "images").as_uri(), **changes}
    )


def test_a_backup_accounts_for_everything_and_holds_no_secret(backed_up, keeper):
    folder, account = backed_up

    assert (account["images"], account["damaged"], account["missing"]) == (2, [], [])
    assert account["rows"] == sum(map(len, rows_of(keeper.database_url).values()))
    assert set(account["seconds"]) == {"database", "images"}
    manifest = (folder / "manifest.json").read_text()
    assert SECRET not in manifest
    assert json.loads(manifest)["revision"] == known_revisions().newest
    assert folder.stat().st_mode & 0o077 == 0


def test_a_region_comes_back_as_it_was(backed_up, keeper, tmp_path):
    folder, _ = backed_up
    with empty_database(keeper.database_url) as url:
        target = elsewhere(keeper, tmp_path, database_url=url)
        account = _account(run_as(target, "restore", folder))

        assert rows_of(url) == rows_of(keeper.database_url)
        assert images_of(target) == images_of(keeper)
        assert account["copied"] == 2
        again = run_as(target, "restore", folder)
        assert (again.exit_code, again.stdout) == (2, "")
        assert "holds a region already, and nothing is put over it." in again.stderr
        working = target.model_copy(update={"database_url": url})
        assert run_as(working, "verify-dispatch").exit_code == 0


def test_a_server_that_has_never_heard_of_us_is_worked_with_after_restoring(backed_up, keeper, tmp_path):
    folder, _ = backed_up
    with somebodys_server(tmp_path / "server") as address:
        admin = admins_url(address)
        target = elsewhere(keeper, tmp_path, database_url=superusers_url(admin, "health"))
        _account(run_as(target, "restore", folder))
        working = target.model_copy(update={"database_url": admin})

        migrated, verified = run_as(working, "migrate"), run_as(working, "verify-dispatch")

        assert migrated.exit_code == 0, migrated.output
        assert verified.exit_code == 0, verified.output


def test_images_go_to_another_store_and_an_unfinished_restoring_goes_on(backed_up, keeper, tmp_path):
    folder, _ = backed_up
    with empty_database(keeper.database_url) as url:
        target = elsewhere(keeper, tmp_path, database_url=url, image_store_url=f"memory://{tmp_path.name}")
        assert carry(
            FolderStore(folder / "images"),
            open_store(target.image_store_url, target.data_dir),
            on_progress=lambda _: None,
        ).copied

        account = _account(run_as(target, "restore", folder))

        assert (account["images"], account["copied"]) == (2, 0)
        further = tmp_path / "further"
        assert _account(run_as(target, "backup", further))["images"] == 2
        assert (further / "manifest.json").exists()


def test_a_backup_that_was_broken_off_goes_on_and_a_whole_one_is_not_touched(backed_up, keeper, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(backed_up[0], folder)
    whole = run_as(keeper, "backup", folder)
    (folder / "manifest.json").unlink()
    unfinished = run_as(keeper, "restore", folder)

    account = _account(run_as(keeper, "backup", folder))

    assert whole.exit_code == 2
    assert "holds a whole backup already" in whole.stderr
    assert unfinished.exit_code == 2
    assert "holds no whole backup" in unfinished.stderr
    assert (account["images"], account["copied"]) == (2, 0)


def damage_dump(folder: Path) -> None:
    with (folder / "database.dump").open("ab") as file:
        file.write(b"x")


def damage_image(folder: Path) -> None:
    next((folder / "images").glob("*/??/??/*")).write_bytes(b"another")


def lose_image(folder: Path) -> None:
    next((folder / "images").glob("*/??/??/*")).unlink()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (damage_dump, "is not what the backup wrote; nothing was restored."),
        (damage_image, "Images of the backup are damaged, and nothing was put into the database"),
        (lose_image, "holds 1 images, and not the 2 that were written; nothing was restored."),
    ],
)
def test_a_backup_that_was_harmed_is_not_restored(backed_up, keeper, tmp_path, harm, sentence):
    folder = tmp_path / "harmed"
    shutil.copytree(backed_up[0], folder)
    harm(folder)
    with empty_database(keeper.database_url) as url:
        result = run_as(elsewhere(keeper, tmp_path, database_url=url), "restore", folder)

        assert (result.exit_code, result.stdout) == (2, "")
        assert sentence in result.stderr
        assert rows_of(url) == {}


def test_another_secret_key_is_noticed_before_anything_is_restored(backed_up, keeper, tmp_path):
    folder = tmp_path / "others"
    shutil.copytree(backed_up[0], folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"keys": ["00"]}))

    result = run_as(keeper, "restore", folder)

    assert result.exit_code == 2
    assert result.stderr.startswith("SECRET_KEY is not the one of the region that was backed up")


def test_a_login_that_does_not_see_every_row_is_told_what_to_do(production, filled_region, tmp_path):
    result = run_as(production, "backup", tmp_path / "backup")

    assert result.exit_code == 2
    assert "The login admin does not see every row" in result.stderr
    assert "GRANT pg_read_all_data TO center_backup" in result.stderr


def test_an_image_that_is_damaged_or_lost_is_named_by_the_backup(images, keeper, tmp_path):
    target = elsewhere(keeper, tmp_path)
    shutil.copytree(keeper.data_dir / "images", target.data_dir / "images")
    (damaged,) = (target.data_dir / "images" / "objects").glob("??/??/*")
    damaged.write_bytes(b"another")

    result = run_as(target, "backup", tmp_path / "backup")

    account = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 3
    assert account["damaged"] == [f"objects/{damaged.name}"]
    assert account["missing"] == [damaged.name]


def test_no_password_stands_among_the_words_of_a_program(backed_up, keeper, tmp_path, monkeypatch):
    seen = []
    real = subprocess.run
    monkeypatch.setattr(
        "foundation.postgres.dumping.subprocess.run",
        lambda words, **how: seen.append(" ".join(words)) or real(words, **how),
    )

    run_as(keeper, "backup", tmp_path / "backup")

    password = parse_dsn(keeper.database_url)["password"]
    assert len(seen) == 1
    assert password not in seen[0]
