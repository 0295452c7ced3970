"""The demo's commands."""

from foundation.settings import load_settings

PRODUCTION = {
    "PROFILE": "production",
    "SECRET_KEY": "a secret of more than thirty-two characters",
    "PUBLIC_URL": "https://health.example",
    "IDENTITY_PROVIDERS_FILE": "providers.toml",
    "DATABASE_URL": "embedded",
}


def test_people_to_try_are_printed_in_the_language_asked_for(app):
    with app.app_context():
        printed = app.test_cli_runner().invoke(args=["demo-people", "--language", "ru"])

    assert printed.exit_code == 0
    assert "Карпова Валентина Сергеевна" in printed.output


def test_production_refuses_in_one_plain_sentence(app, monkeypatch):
    production = load_settings({**PRODUCTION, "DATA_DIR": "nowhere"})
    monkeypatch.setitem(app.extensions, "settings", production)

    with app.app_context():
        refused = app.test_cli_runner().invoke(args=["make-demo-region"])

    assert refused.exit_code == 2
    assert refused.stderr.strip() == "The demo region is never made in production."


def test_the_demo_is_registered_outside_production(app):
    assert {"make-demo-region", "demo-people"} <= set(app.cli.commands)
