"""What the operator decides, read once from the environment; every fault is named in one refusal."""

import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
HIGHEST_PORT = 65535
DEMO_SECRET_FILE = "secret_key"  # noqa: S105 (the name of a file, not a secret)
# One letter lost, doubled or swapped; DATABASE_URL_TEST and HTTP_PORT are names of somebody else.
ALIKE = 0.85


class Profile(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SettingsRefused(Exception):
    """The environment does not describe a service that can start; the message names every fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings are not right:\n" + "\n".join(f"  - {fault}" for fault in faults))


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port <= HIGHEST_PORT:
        raise ValueError
    return port


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError
    return text.rstrip("/")


def _setting(default: Any, meaning: str, reads: Callable[[str], object] = str) -> Any:
    return field(default=default, metadata={"meaning": meaning, "reads": reads})


@dataclass(frozen=True)
class Settings:
    """One field, one environment name (the field's in capitals). `flask --app wsgi settings` lists them."""

    profile: Profile = _setting(Profile.DEMO, "demo or production; test is for the tests", Profile)
    port: int = _setting(8000, "port of the web server; the next three ports belong to it too", _port)
    public_url: str = _setting(
        "", "address people type, such as https://health.example; default http://127.0.0.1:PORT", _web_address
    )
    data_dir: Path = _setting(Path("data"), "folder for everything that must survive", Path)
    database_url: str = _setting("", "PostgreSQL of the operator; empty: the embedded one in DATA_DIR")
    secret_key: str = _setting("", "at least 32 characters; seals identifiers and signs forms")
    identity_providers_file: str = _setting("", "TOML file of identity providers; empty: the demo provider")
    image_store_url: str = _setting("", "fsspec address of the image bytes; empty: DATA_DIR/images")
    upstream_dicomweb_url: str = _setting(
        "", "DICOMweb root of an existing archive to read through", _web_address
    )
    dicom_ae_title: str = _setting("DISPATCH", "our DICOM application entity title")
    dicom_calling_ae_titles: str = _setting(
        "", "comma-separated devices that may send; empty: none in production, any elsewhere"
    )
    region_time_zone: str = _setting(
        "Asia/Yekaterinburg", "time zone in which dates are shown and days counted"
    )
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def provider_port(self) -> int:
        return self.port + 1

    @property
    def events_port(self) -> int:
        return self.port + 2

    @property
    def events_url(self) -> str:
        """Where browsers find the event process: its own port by default, behind the same address in production."""
        if self.profile is Profile.PRODUCTION:
            return self.public_url
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.hostname}:{self.events_port}"

    @property
    def dicom_port(self) -> int:
        return self.port + 3

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS, so that cookies may carry the `__Host-` prefix."""
        return self.public_url.startswith("https://")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. A name that looks like a misspelt setting is told of on stderr, and no more.

    Raises:
        SettingsRefused: naming every missing or malformed value together.
    """
    environ = os.environ if environ is None else environ
    for name, meant in misspelt(environ).items():
        print(f"{name} is not a setting and is not read. Is {meant} meant?", file=sys.stderr)
    values: dict[str, Any] = {}
    faults: list[str] = []
    for each in fields(Settings):
        text = environ.get(each.name.upper(), "")
        if not text:
            continue
        try:
            values[each.name] = each.metadata["reads"](text)
        except ValueError:
            faults.append(f"{each.name.upper()}={text!r} is not {each.metadata['meaning']}")
    settings = Settings(**values)
    faults += _faults_of_profile(settings)
    if faults:
        raise SettingsRefused(faults)
    return _completed(settings)


def misspelt(environ: Mapping[str, str]) -> dict[str, str]:
    """Names that are nearly a setting's, each with the setting that may be meant.

    The environment is full of other programs' names, so a near one counts only while the setting itself is not given.
    """
    settings = [each.name.upper() for each in fields(Settings)]
    missing = [name for name in settings if not environ.get(name)]
    near = {
        name: get_close_matches(name.upper(), missing, n=1, cutoff=ALIKE)
        for name in environ
        if name not in settings
    }
    return {name: meant[0] for name, meant in near.items() if meant}


def _faults_of_profile(settings: Settings) -> list[str]:
    faults = []
    if settings.secret_key and len(settings.secret_key) < SHORTEST_SECRET:
        faults.append(f"SECRET_KEY has fewer than {SHORTEST_SECRET} characters")
    if settings.profile is Profile.PRODUCTION:
        for name in ("secret_key", "public_url", "identity_providers_file"):
            if not getattr(settings, name):
                faults.append(f"{name.upper()} is missing: production does not guess it")
        if settings.public_url and not settings.secure:
            faults.append("PUBLIC_URL does not begin with https://")
    return faults


def _completed(settings: Settings) -> Settings:
    """Fill in what the demo and the tests may derive from other settings."""
    data_dir = settings.data_dir.resolve()
    return replace(
        settings,
        data_dir=data_dir,
        public_url=settings.public_url or f"http://127.0.0.1:{settings.port}",
        image_store_url=settings.image_store_url or (data_dir / "images").as_uri(),
        secret_key=settings.secret_key or _kept_secret(data_dir),
    )


def _kept_secret(data_dir: Path) -> str:
    """The demo's own secret: made once, kept beside its data so that sealed identifiers stay readable."""
    kept = data_dir / DEMO_SECRET_FILE
    if kept.exists():
        return kept.read_text()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = hashlib.sha256(os.urandom(64)).hexdigest()
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of the same start was quicker
        return kept.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    return secret
