"""What the operator decides, read once from the environment; every fault is named in one refusal."""

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

SHORTEST_SECRET = 32
HIGHEST_PORT = 65535
DEMO_SECRET_FILE = "secret_key"  # noqa: S105 (the name of a file, not a secret)
# By this word production asks for the server in DATA_DIR; the other profiles have it by default.
EMBEDDED = "embedded"
# One letter lost, doubled or swapped; DATABASE_URL_TEST and HTTP_PORT are names of somebody else.
ALIKE = 0.85
# The kind of a fault whose sentence says all; of the others we say what was meant.
OWN_SENTENCE = "own_sentence"

# In plain letters, as the wire has it.
MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+|[a-z]+@localhost"
)
# Where mail may be handed over in clear.
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Profile(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SecondFactorDemand(StrEnum):
    REQUIRED = "required"
    OFFERED = "offered"


class MailSecurity(StrEnum):
    STARTTLS = "starttls"  # RFC 3207
    TLS = "tls"  # from the first byte: RFC 8314
    NONE = "none"  # to a server on this machine


class SettingsRefused(Exception):
    """The environment does not describe a service that can start; the message names every fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings are not right:\n" + "\n".join(f"  - {fault}" for fault in faults))


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("no web address")
    return text.rstrip("/")


def _over_tls(address: str) -> str:
    if not address.startswith("https://"):
        raise PydanticCustomError(OWN_SENTENCE, "does not begin with https://")
    return address


def _long_enough(secret: str) -> str:
    if len(secret) < SHORTEST_SECRET:
        raise PydanticCustomError(OWN_SENTENCE, f"has fewer than {SHORTEST_SECRET} characters")  # type: ignore[arg-type]
    return secret


def _mail_address(text: str) -> str:
    if not MAIL_ADDRESS.fullmatch(text):
        raise ValueError("no mail address")
    return text


def _named_server(text: str) -> str:
    """What is asked for by its name is, from here on, what no address is given for."""
    return "" if text == EMBEDDED else text


Port = Annotated[int, Field(gt=0, le=HIGHEST_PORT)]
PortOrZero = Annotated[int, Field(ge=0, le=HIGHEST_PORT)]
IdleSeconds = Annotated[int, Field(ge=20, le=3600)]
LongestSeconds = Annotated[int, Field(ge=60, le=12 * 3600)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebAddressOverTLS = Annotated[WebAddress, AfterValidator(_over_tls)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
DatabaseAddress = Annotated[str, AfterValidator(_named_server)]
Secret = Annotated[str, AfterValidator(_long_enough)]


class Settings(BaseSettings):
    """One field, one environment name (the field's in capitals). `flask --app wsgi settings` lists them."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=str.upper,
        populate_by_name=True,
        case_sensitive=True,
        env_ignore_empty=True,
        validate_default=False,
    )

    profile: Profile = Field(Profile.DEMO, description="demo or production; test is for the tests")
    port: Port = Field(8000, description="port of the web server; the next three ports belong to it too")
    public_url: WebAddress = Field(
        "", description="address people type, such as https://health.example; default http://127.0.0.1:PORT"
    )
    data_dir: Path = Field(Path("data"), description="folder for everything that must survive")
    database_url: DatabaseAddress = Field(
        "",
        description="PostgreSQL of the operator, or embedded: the one in DATA_DIR, as when empty outside of production",
        repr=False,
    )
    loader_database_url: DatabaseAddress = Field(
        "",
        description="the database as center_loader, for a worker that may sign in as center_worker alone; the supervisor sets it",
        repr=False,
    )
    secret_key: Secret = Field(
        "", description="at least 32 characters; seals identifiers and signs forms", repr=False
    )
    further_secret_key: Secret = Field(
        "", description="a second key that opens too, while SECRET_KEY is being changed", repr=False
    )
    identity_providers_file: str = Field(
        "", description="TOML file of identity providers; empty: the demo provider"
    )
    image_store_url: str = Field("", description="fsspec address of the image bytes; empty: DATA_DIR/images")
    upstream_dicomweb_url: WebAddress = Field(
        "", description="DICOMweb root of an existing archive to read through"
    )
    dicom_ae_title: str = Field("DISPATCH", description="our DICOM application entity title")
    dicom_calling_ae_titles: str = Field(
        "",
        description="comma-separated devices that may send beside those of the register; empty: only those in production, any elsewhere",
    )
    dicom_further_storage_classes: str = Field(
        "",
        description="comma-separated kinds of object (SOP Class UIDs), private or retired, that every device may send beside the standard's",
    )
    quarantine_megabytes: int = Field(
        20_000,
        gt=0,
        description="room for what was not taken in; beyond it such files are refused and not kept",
    )
    region_time_zone: str = Field(
        "Asia/Yekaterinburg", description="time zone in which dates are shown and days counted"
    )
    citizen_idle_s: IdleSeconds = Field(
        20 * 60, description="seconds without use after which a citizen is signed out"
    )
    staff_idle_s: IdleSeconds = Field(
        15 * 60, description="seconds without use after which a member of staff is signed out"
    )
    longest_session_s: LongestSeconds = Field(
        8 * 3600, description="seconds after which everybody signs in again, however busy"
    )
    second_factor: SecondFactorDemand = Field(
        SecondFactorDemand.OFFERED,
        description="required or offered: of staff who have no passkey before what is sensitive; whoever has one is always asked",
    )
    smtp_host: str = Field("", description="mail server that takes our letters; empty: no e-mail is sent")
    smtp_port: Port = Field(587, description="port of the mail server")
    smtp_security: MailSecurity = Field(
        MailSecurity.STARTTLS,
        description="starttls, tls from the first byte, or none, which only a mail server on this machine may have",
    )
    smtp_user: str = Field("", description="login at the mail server; empty: it asks for none")
    smtp_password: str = Field("", description="its password", repr=False)
    smtp_from: MailAddress = Field("", description="e-mail address that our letters come from")
    smtp_authority_file: str = Field(
        "",
        description="PEM file of who signed the mail server's certificate; empty: those that the machine trusts",
    )
    metrics_port: PortOrZero = Field(
        0, description="port on 127.0.0.1 where the worker tells its figures; 0: nowhere"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, and nothing else: only `load_settings` reads an environment."""
        return (init_settings,)

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
    def sends_mail(self) -> bool:
        return bool(self.smtp_host)

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS, so that cookies may carry the `__Host-` prefix."""
        return self.public_url.startswith("https://")


class ProductionSettings(Settings):
    """The same, without the defaults that production must not guess."""

    public_url: WebAddressOverTLS
    database_url: DatabaseAddress = Field(repr=False)
    secret_key: Secret = Field(repr=False)
    identity_providers_file: str
    second_factor: SecondFactorDemand = Field(
        SecondFactorDemand.REQUIRED, description=Settings.model_fields["second_factor"].description
    )


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. A name that looks like a misspelt setting is told of on stderr, and no more.

    Raises:
        SettingsRefused: naming every missing or malformed value together.
    """
    environ = os.environ if environ is None else environ
    for name, meant in misspelt(environ).items():
        print(f"{name} is not a setting and is not read. Is {meant} meant?", file=sys.stderr)
    kind = ProductionSettings if environ.get("PROFILE") == Profile.PRODUCTION else Settings
    source = EnvSettingsSource(kind)
    source.env_vars = {name: text for name, text in environ.items() if text}
    try:
        chosen = kind(**source())
    except ValidationError as refused:
        raise SettingsRefused([_sentence(fault) for fault in refused.errors()]) from None
    if faults := _faults_of_mail(chosen):
        raise SettingsRefused(faults)
    return _completed(chosen)


def _faults_of_mail(settings: Settings) -> list[str]:
    """What does not fit together in what is said of the mail server."""
    if not settings.sends_mail:
        return []
    faults = (
        []
        if settings.smtp_from
        else ["SMTP_FROM is missing: SMTP_HOST is set, and letters come from somebody"]
    )
    if settings.smtp_security is MailSecurity.NONE and settings.smtp_host not in THIS_MACHINE:
        faults.append(
            "SMTP_SECURITY=none is for a mail server on this machine: others are spoken to over TLS"
        )
    if settings.smtp_authority_file and not Path(settings.smtp_authority_file).is_file():
        faults.append("SMTP_AUTHORITY_FILE is no file")
    return faults


def _sentence(fault: ErrorDetails) -> str:
    name = str(fault["loc"][0])
    match fault["type"]:
        case "missing":
            named = f"; {EMBEDDED} names the one in DATA_DIR" if name == "DATABASE_URL" else ""
            return f"{name} is missing: production does not guess it{named}"
        case kind if kind == OWN_SENTENCE:
            return f"{name} {fault['msg']}"
        case _:
            return f"{name}={fault['input']!r} is not {Settings.model_fields[name.lower()].description}"


def misspelt(environ: Mapping[str, str]) -> dict[str, str]:
    """Names that are nearly a setting's, each with the setting that may be meant.

    The environment is full of other programs' names, so a near one counts only while the setting itself is not given.
    """
    settings = [name.upper() for name in Settings.model_fields]
    missing = [name for name in settings if not environ.get(name)]
    near = {
        name: get_close_matches(name.upper(), missing, n=1, cutoff=ALIKE)
        for name in environ
        if name not in settings
    }
    return {name: meant[0] for name, meant in near.items() if meant}


def _completed(settings: Settings) -> Settings:
    """Fill in what the demo and the tests may derive from other settings."""
    data_dir = settings.data_dir.resolve()
    return settings.model_copy(
        update={
            "data_dir": data_dir,
            "public_url": settings.public_url or f"http://127.0.0.1:{settings.port}",
            "image_store_url": settings.image_store_url or (data_dir / "images").as_uri(),
            "secret_key": settings.secret_key or _kept_secret(data_dir),
        }
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
