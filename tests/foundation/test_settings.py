"""Settings are read once, and every fault is named together."""

import pytest

from foundation.settings import SettingsRefused, load_settings

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
                "DATA_DIR": str(tmp_path),
            }
        )


def test_the_demo_keeps_the_secret_that_it_made(tmp_path):
    first = load_settings({"DATA_DIR": str(tmp_path)}).secret_key
    second = load_settings({"DATA_DIR": str(tmp_path)}).secret_key

    assert first == second
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_port_zero_is_no_port(tmp_path):
    with pytest.raises(SettingsRefused, match="PORT"):
        load_settings({"PORT": "0", "SECRET_KEY": SECRET, "DATA_DIR": str(tmp_path)})
