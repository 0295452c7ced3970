"""Settings are read once, and every fault is named together."""

import pytest
from pydantic import ValidationError

from foundation.settings import Settings, SettingsRefused, load_settings, misspelt

SECRET = "x" * 32


def test_all_faults_are_named_together(tmp_path):
    with pytest.raises(SettingsRefused) as refused:
        load_settings(
            {"PORT": "eighty", "SECRET_KEY": "short", "PROFILE": "holiday", "DATA_DIR": str(tmp_path)}
        )

    assert len(refused.value.faults) == 3
    assert all(name in str(refused.value) for name in ("PORT", "SECRET_KEY", "PROFILE"))


def test_production_refuses_to_guess(tmp_path):
    with pytest.raises(SettingsRefused) as refused:
        load_settings({"PROFILE": "production", "DATA_DIR": str(tmp_path)})

    assert all(name in str(refused.value) for name in ("SECRET_KEY", "PUBLIC_URL", "IDENTITY_PROVIDERS_FILE"))


def test_production_refuses_an_address_without_tls(tmp_path):
    with pytest.raises(SettingsRefused, match="https"):
        load_settings(
            {
                "PROFILE": "production",
                "SECRET_KEY": SECRET,
                "PUBLIC_URL": "http://health.example",
                "IDENTITY_PROVIDERS_FILE": "providers.toml",
                "DATABASE_URL": "embedded",
                "DATA_DIR": str(tmp_path),
            }
        )


PRODUCTION = {
    "PROFILE": "production",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://health.example",
    "IDENTITY_PROVIDERS_FILE": "providers.toml",
}


@pytest.mark.parametrize("given", [{}, {"DATABASE_URL": ""}])
def test_production_makes_no_database_that_nobody_asked_for(tmp_path, given):
    with pytest.raises(SettingsRefused) as refused:
        load_settings({**PRODUCTION, **given, "DATA_DIR": str(tmp_path)})

    assert refused.value.faults == [
        "DATABASE_URL is missing: production does not guess it; embedded names the one in DATA_DIR"
    ]


@pytest.mark.parametrize(
    "given", [{**PRODUCTION, "DATABASE_URL": "embedded"}, {"DATABASE_URL": "embedded"}, {}]
)
def test_the_server_in_the_data_folder_can_be_asked_for_by_its_name(tmp_path, given):
    assert load_settings({"SECRET_KEY": SECRET, **given, "DATA_DIR": str(tmp_path)}).database_url == ""


def test_production_shows_no_secret_when_it_is_printed(tmp_path):
    given = {**PRODUCTION, "DATABASE_URL": "postgresql://x:hidden@h/d", "DATA_DIR": str(tmp_path)}

    shown = repr(load_settings(given))

    assert SECRET not in shown
    assert "hidden" not in shown


def test_the_demo_keeps_the_secret_that_it_made(tmp_path):
    first = load_settings({"DATA_DIR": str(tmp_path)}).secret_key
    second = load_settings({"DATA_DIR": str(tmp_path)}).secret_key

    assert first == second
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_port_zero_is_no_port(tmp_path):
    with pytest.raises(SettingsRefused, match="PORT"):
        load_settings({"PORT": "0", "SECRET_KEY": SECRET, "DATA_DIR": str(tmp_path)})


def test_a_misspelt_name_is_told_of_with_the_setting_that_may_be_meant(tmp_path, capsys):
    load_settings({"DATABSE_URL": "postgresql://x", "SECRET_KEY": SECRET, "DATA_DIR": str(tmp_path)})

    assert capsys.readouterr().err == (
        "DATABSE_URL is not a setting and is not read. Is DATABASE_URL meant?\n"
    )


def test_a_misspelt_name_is_told_of_beside_the_refusal_that_it_causes(tmp_path, capsys):
    with pytest.raises(SettingsRefused, match="PUBLIC_URL is missing"):
        load_settings(
            {"PROFILE": "production", "PUBLIC_ULR": "https://health.example", "DATA_DIR": str(tmp_path)}
        )

    assert "Is PUBLIC_URL meant?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PUBLIC_ULR", "PUBLIC_URL"),
        ("DATADIR", "DATA_DIR"),
        ("PROT", ""),
        ("PORTS", "PORT"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("REGION_TIMEZONE", "REGION_TIME_ZONE"),
        ("IDENTITY_PROVIDER_FILE", "IDENTITY_PROVIDERS_FILE"),
        ("DICOM_CALLING_AE_TITLE", "DICOM_CALLING_AE_TITLES"),
        ("secret_key", "SECRET_KEY"),
    ],
)
def test_what_a_misspelt_name_may_mean(name, meant):
    assert misspelt({name: "something"}) == ({name: meant} if meant else {})


def test_names_of_other_programs_are_left_in_peace():
    others = """
        PATH PWD OLDPWD HOME HOST HOSTNAME USER LOGNAME SHELL LANG LANGUAGE LC_ALL TERM TZ EDITOR PAGER MAIL SHLVL _
        DISPLAY TMPDIR VIRTUAL_ENV PYTHONPATH XDG_DATA_DIRS XDG_RUNTIME_DIR SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS
        PGHOST PGPORT PGDATA PGDATABASE PGPASSWORD DATABASE_URL_TEST TEST_DATABASE_URL REDIS_URL HTTP_PORT SSH_PORT
        AWS_PROFILE AWS_SECRET_ACCESS_KEY http_proxy NO_PROXY INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET QUICK
        SHARED_DATA SOURCE_DATE_EPOCH KUBERNETES_SERVICE_PORT CI DEBUG MAKEFLAGS MAKELEVEL MAKE_TERMERR NODE_ENV
        FLASK_APP FLASK_DEBUG FLASK_SECRET_KEY WEB_CONCURRENCY GUNICORN_CMD_ARGS
    """

    assert misspelt(dict.fromkeys(others.split(), "something")) == {}


def test_a_near_name_beside_the_setting_itself_is_somebody_else_s():
    assert misspelt({"PORT": "8000", "SPORT": "1234"}) == {}


def test_settings_do_not_change():
    settings = load_settings({"SECRET_KEY": SECRET, "PROFILE": "test"})

    with pytest.raises(ValidationError):
        settings.port = 1


def test_missing_and_malformed_names_are_told_of_together(tmp_path):
    with pytest.raises(SettingsRefused) as refused:
        load_settings(
            {"PROFILE": "production", "PORT": "eighty", "SECRET_KEY": "short", "DATA_DIR": str(tmp_path)}
        )

    assert refused.value.faults == [
        "PORT='eighty' is not port of the web server; the next three ports belong to it too",
        "PUBLIC_URL is missing: production does not guess it",
        "DATABASE_URL is missing: production does not guess it; embedded names the one in DATA_DIR",
        "SECRET_KEY has fewer than 32 characters",
        "IDENTITY_PROVIDERS_FILE is missing: production does not guess it",
    ]


def test_an_empty_name_is_one_that_is_not_given(tmp_path):
    given = load_settings({"PORT": "", "LOG_LEVEL": "", "SECRET_KEY": SECRET, "DATA_DIR": str(tmp_path)})

    assert (given.port, given.log_level) == (8000, "INFO")


def test_no_other_environment_reaches_the_settings(monkeypatch):
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("secret_key", SECRET)

    assert Settings().port == 8000
    assert load_settings({"SECRET_KEY": SECRET}).port == 8000


def test_secrets_are_not_shown():
    settings = load_settings({"SECRET_KEY": SECRET, "DATABASE_URL": "postgresql://x:hidden@h/d"})

    assert not any(secret in repr(settings) for secret in (SECRET, "hidden"))


MAIL = {"SMTP_HOST": "mail.example", "SMTP_FROM": "center@region.example"}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"SMTP_FROM": ""}, "SMTP_FROM is missing"),
        ({"SMTP_FROM": "nobody"}, "SMTP_FROM='nobody' is not e-mail address"),
        ({"SMTP_FROM": "a@b.example\r\nBcc: c@d.example"}, "SMTP_FROM="),
        ({"SMTP_SECURITY": "none"}, "others are spoken to over TLS"),
        ({"SMTP_SECURITY": "maybe"}, "SMTP_SECURITY='maybe'"),
        ({"SMTP_AUTHORITY_FILE": "/nowhere.pem"}, "SMTP_AUTHORITY_FILE is no file"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT"),
    ],
)
def test_a_mail_server_that_could_not_be_used_safely_is_refused(tmp_path, given, fault):
    with pytest.raises(SettingsRefused) as refused:
        load_settings({**MAIL, **given, "DATA_DIR": str(tmp_path)})

    assert len(refused.value.faults) == 1
    assert fault in refused.value.faults[0]


def test_mail_is_off_until_a_server_is_named(tmp_path):
    off = load_settings({"DATA_DIR": str(tmp_path)})
    on = load_settings({**MAIL, "SMTP_PASSWORD": "secret", "DATA_DIR": str(tmp_path)})

    assert (off.sends_mail, on.sends_mail) == (False, True)
    assert "secret" not in repr(on)
