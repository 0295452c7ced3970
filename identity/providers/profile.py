"""One identity provider as the operator describes it; the file's shape is explained in docs/identity_providers.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from foundation.language.bilingual import BilingualText
from identity.people.rules.assurance import Assurance

# HMAC and "none" are never in question: the key that checks a token must not be able to make one.
SIGNATURE_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)


class Audience(StrEnum):
    CITIZENS = "citizens"
    STAFF = "staff"


class ClientAuthentication(StrEnum):
    SECRET_BASIC = "client_secret_basic"  # noqa: S105 (OpenID Connect Core 1.0, section 9)
    SECRET_POST = "client_secret_post"  # noqa: S105
    PRIVATE_KEY = "private_key_jwt"


class LevelParameter(StrEnum):
    ACR_VALUES = "acr_values"
    NONE = "none"


class UserInfo(StrEnum):
    JSON = "json"
    NONE = "none"


class AccessTokenHash(StrEnum):
    """How `at_hash` is compared; `base64_any` is for providers that write ordinary base64 with padding."""

    REQUIRED = "required"
    STRICT = "strict"
    BASE64_ANY = "base64_any"
    IGNORE = "ignore"


class LogoutKind(StrEnum):
    RELYING_PARTY = "rp"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Addresses of a provider without discovery; with it, they stay empty."""

    authorize: str = ""
    token: str = ""
    userinfo: str = ""
    jwks: str = ""
    end_session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the provider's TLS and signing keys are trusted. Seconds."""

    tls_ca_file: str = ""
    jwks_max_age_s: int = 3600
    min_refetch_s: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who we are to the provider. The secret, or the private key (JWK or PEM), lies in a file or in the profile."""

    id: str
    auth: ClientAuthentication
    secret: str = ""
    secret_file: str = ""
    key_file: str = ""
    alg: str = "ES256"
    assertion_ttl_s: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What we ask for when we send somebody to sign in."""

    scope: str = "openid"
    pkce: str = "S256"
    level_param: LevelParameter = LevelParameter.ACR_VALUES
    levels: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What an answer must be like to be believed. Seconds. Without `lowest_level`, it is the lowest that was asked."""

    id_token_alg: tuple[str, ...] = ("RS256",)
    lowest_level: Assurance = Assurance.NONE
    userinfo: UserInfo = UserInfo.JSON
    require_iss_param: bool = False
    at_hash: AccessTokenHash = AccessTokenHash.STRICT
    max_age_s: int = 0
    clock_skew_s: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Where a person's details stand in the answer: JSON pointers (RFC 6901)."""

    subject: str = "/sub"
    national_id: str = "/snils"
    national_id_system: str = "urn:oid:1.2.643.100.3"
    national_id_strip: str = ""
    family: str = "/family_name"
    given: str = "/given_name"
    middle: str = "/middle_name"
    birthdate: str = "/birthdate"
    birthdate_format: str = "yyyy-MM-dd"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorWords:
    """By which of its words the provider says that a second factor was given: any of them, in `acr` or in `amr` (RFC 8176)."""

    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """One way to sign in, for citizens or for staff."""

    name: str
    title: BilingualText
    audience: Audience
    issuer: str
    client: Client
    discovery: str = ""
    demo: bool = False
    endpoints: Endpoints = Endpoints()
    trust: Trust = Trust()
    request: Request = Request()
    response: Response = Response()
    claims: Claims = Claims()
    levels: Mapping[str, Assurance] = field(default_factory=lambda: MappingProxyType({}))
    second_factor: SecondFactorWords = SecondFactorWords()
    logout: LogoutKind = LogoutKind.RELYING_PARTY

    @property
    def tells_second_factor(self) -> bool:
        return bool(self.second_factor.acr or self.second_factor.amr)

    def level_of(self, acr: str | None) -> Assurance:
        """The level that the provider's word stands for; no word, or an unknown one, proves nothing."""
        return self.levels.get(acr, Assurance.NONE) if acr is not None else Assurance.NONE

    @property
    def lowest_level(self) -> Assurance:
        """No answer below this is believed; a word that was asked for and stands for nothing asks for the highest."""
        asked = [self.levels.get(word, Assurance.HIGH) for word in self.request.levels]
        return self.response.lowest_level or min(asked, default=Assurance.NONE)
