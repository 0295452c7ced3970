"""An id token is believed only when every check of OpenID Connect Core 1.0, section 3.1.3.7 agrees."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from identity.people.rules.assurance import Assurance
from identity.providers.keys import KeyCache
from identity.providers.person import authenticated_person
from identity.providers.profile import AccessTokenHash, Request
from identity.providers.refusals import ProvenTooWeakly, SignInRefused
from tests.identity.providers.tokens import (
    ACCESS_TOKEN,
    AT_HASH,
    EC_KEY,
    KEY,
    NONCE,
    OURS,
    PROFILE,
    SECONDS,
    STRANGER,
    cache_of,
    good_claims,
    key_set,
    put_together,
    signed,
    verified,
)


def test_a_right_token_is_believed():
    assert verified(signed(good_claims()))["sub"] == "somebody"


def test_a_right_token_of_an_elliptic_curve_key_is_believed():
    assert verified(signed(good_claims(), EC_KEY))["sub"] == "somebody"


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("token.iss", {"iss": "https://other.example"}),
        ("token.iss", {"iss": None}),
        ("token.iss", {"iss": "https://eid.example/"}),
        ("token.aud", {"aud": "somebody-else"}),
        ("token.aud", {"aud": None}),
        ("token.aud", {"aud": ["other", "third"], "azp": OURS}),
        ("token.aud", {"aud": "other", "azp": OURS}),
        ("token.aud", {"aud": [OURS, 7], "azp": OURS}),
        ("token.azp", {"aud": [OURS, "other"]}),
        ("token.azp", {"aud": [OURS, "other"], "azp": "other"}),
        ("token.azp", {"azp": "other"}),
        ("token.exp", {"exp": SECONDS - 31}),
        ("token.exp", {"exp": None}),
        ("token.exp", {"exp": str(SECONDS + 300)}),
        ("token.exp", {"exp": True}),
        ("token.exp", {"exp": 10**400}),
        ("token.exp", {"exp": float("nan")}),
        ("token.iat", {"iat": SECONDS + 31}),
        ("token.iat", {"iat": SECONDS - 3600 * 24 * 365}),
        ("token.iat", {"iat": None}),
        ("token.nbf", {"nbf": SECONDS + 31}),
        ("id_token.nonce", {"nonce": "another-nonce-of-enough-characters-for-all"}),
        ("id_token.nonce", {"nonce": None}),
        ("id_token.nonce", {"nonce": ""}),
        ("id_token.nonce", {"nonce": [NONCE]}),
        ("id_token.nonce", {"nonce": "\ud800"}),
        ("id_token.acr", {"acr": ["high"]}),
        ("token.auth_time", {"auth_time": None}),
        ("id_token.auth_time", {"auth_time": SECONDS - 600 - 31}),
        ("id_token.auth_time", {"auth_time": SECONDS + 31}),
        ("id_token.at_hash", {"at_hash": "x" * 22}),
        ("id_token.at_hash", {"at_hash": None}),
        ("id_token.at_hash", {"at_hash": 7}),
        ("id_token.sub", {"sub": None}),
        ("id_token.sub", {"sub": ""}),
        ("id_token.sub", {"sub": "x" * 256}),
        ("id_token.sub", {"sub": "zero\x00byte"}),
    ],
)
def test_a_wrong_claim_is_refused(reason, changes):
    with pytest.raises(SignInRefused) as refusal:
        verified(signed(good_claims(**changes)))

    assert refusal.value.reason == reason


@pytest.mark.parametrize("answered", ["substantial", "low", "utmost", "", None])
@pytest.mark.parametrize("named", ["in the request", "in the profile", "in the request, by no known word"])
def test_a_level_below_the_one_that_was_asked_is_refused(answered, named):
    with pytest.raises(ProvenTooWeakly) as refusal:
        verified(signed(good_claims(acr=answered)), profile=asking_for_high(named))

    assert refusal.value.reason == "id_token.acr"


@pytest.mark.parametrize("named", ["in the request", "in the profile", "in the request, by no known word"])
def test_the_level_that_was_asked_is_believed(named):
    assert verified(signed(good_claims(acr="high")), profile=asking_for_high(named))["acr"] == "high"


@pytest.mark.parametrize("answered", ["high", "substantial"])
def test_of_several_levels_asked_the_lowest_is_enough(answered):
    profile = replace(PROFILE, request=Request(levels=("high", "substantial")))

    assert verified(signed(good_claims(acr=answered)), profile=profile)["acr"] == answered


def asking_for_high(named):
    if named == "in the profile":
        return replace(PROFILE, response=replace(PROFILE.response, lowest_level=Assurance.HIGH))
    word = "high" if named == "in the request" else "urn:unheard-of"
    return replace(PROFILE, request=Request(levels=(word,)))


@pytest.mark.parametrize("changes", [{"exp": SECONDS - 29}, {"iat": SECONDS + 29}, {"iat": SECONDS - 600}])
def test_a_clock_may_be_a_little_wrong(changes):
    assert verified(signed(good_claims(**changes)))


def test_several_audiences_are_fine_when_we_are_the_authorized_party():
    assert verified(signed(good_claims(aud=[OURS, "other"], azp=OURS)))


@pytest.mark.parametrize("token", [None, "", 7, {}])
def test_an_answer_without_an_id_token_is_refused(token):
    with pytest.raises(SignInRefused, match="could not be completed") as refusal:
        verified(token)

    assert refusal.value.reason == "id_token.missing"


def test_a_wrong_signature_is_refused():
    assert _reason(signed(good_claims(), STRANGER)) == "token.signature"


def test_a_changed_payload_is_refused():
    head, _, tail = signed(good_claims()).split(".")
    payload = urlsafe_b64encode(json.dumps(good_claims(sub="other")).encode()).rstrip(b"=").decode()

    assert _reason(f"{head}.{payload}.{tail}") == "token.signature"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_is_refused(algorithm):
    token = put_together({"alg": algorithm}, good_claims(), b"x")

    assert _reason(token) == "token.algorithm"
    assert _reason(token.rsplit(".", 1)[0] + ".") == "token.shape"


@pytest.mark.parametrize("secret", ["pem", "der", "modulus"])
def test_our_public_key_is_no_secret_to_sign_with(secret):
    forms = {
        "pem": KEY.as_pem(private=False),
        "der": KEY.as_der(private=False),
        "modulus": KEY.as_dict(private=False)["n"].encode(),
    }
    header = {"alg": "HS256", "kid": "first"}
    unsigned = put_together(header, good_claims(), b"x").rsplit(".", 1)[0]
    signature = hmac.digest(forms[secret], unsigned.encode(), hashlib.sha256)

    assert _reason(put_together(header, good_claims(), signature)) == "token.algorithm"


def test_a_secret_in_the_key_set_is_passed_over():
    secret = OctKey.generate_key(256, {"kid": "shared"})
    token = jws.serialize_compact({"alg": "HS256", "kid": "shared"}, json.dumps(good_claims()), secret)
    profile = replace(PROFILE, response=replace(PROFILE.response, id_token_alg=("HS256",)))
    cache = KeyCache(lambda: {"keys": [secret.as_dict(private=True)]})

    with pytest.raises(SignInRefused):
        verified(token, profile=profile, cache=cache)


def test_an_algorithm_that_the_profile_does_not_name_is_refused():
    profile = replace(PROFILE, response=replace(PROFILE.response, id_token_alg=("ES256",)))

    with pytest.raises(SignInRefused) as refusal:
        verified(signed(good_claims()), profile=profile)

    assert refusal.value.reason == "token.algorithm"


def test_a_token_that_brings_its_own_key_is_refused():
    own = ECKey.generate_key("P-256", {"kid": "own"})
    token = _signed_with(own, {"alg": "ES256", "jwk": own.as_dict(private=False)})

    assert _reason(token) == "token.header"


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"b64": True},
        {"kid": 7},
        {"typ": 7},
    ],
)
def test_a_header_that_asks_for_more_is_refused(header):
    own = RSAKey.import_key(KEY.as_dict(private=True))

    assert _reason(_forced({"alg": "RS256", "kid": "first", **header}, own)) == "token.header"


@pytest.mark.parametrize("kind", ["logout+jwt", "at+jwt", "application/at+jwt"])
def test_a_token_of_another_kind_is_no_id_token(kind):
    assert _reason(signed(good_claims(), typ=kind)) == "id_token.typ"


@pytest.mark.parametrize(
    "token",
    [
        "a.b",
        "a.b.c.d",
        "....",
        "a b.c.d",
        "e30.e30.e30=",
        "{}",
        "\N{SNOWMAN}.a.b",
        "x" * 20_000 + ".a.b",
        "W10.e30.eA",  # a list for a header
        "eyJhbGciOiJSUzI1NiIsImFsZyI6Im5vbmUifQ.e30.eA",  # alg stands twice
    ],
)
def test_a_misshapen_token_is_refused(token):
    assert _reason(token) == "token.shape"


def test_a_signature_has_one_writing_only():
    token = signed(good_claims())
    last = token[-1]
    others = [
        letter
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if letter != last
    ]

    reasons = {_reason(token[:-1] + letter) for letter in others}

    assert reasons <= {"token.shape", "token.signature"}
    assert "token.shape" in reasons


def test_a_claim_that_stands_twice_is_refused():
    twice = json.dumps(good_claims())[:-1] + ', "sub": "other"}'
    token = jws.serialize_compact({"alg": "RS256", "kid": "first"}, twice, KEY)

    assert _reason(token) == "token.shape"


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_key_signs_nothing():
    short = RSAKey.generate_key(1024, {"kid": "short"})
    token = jws.serialize_compact({"alg": "RS256", "kid": "short"}, json.dumps(good_claims()), short)

    with pytest.raises(SignInRefused):
        verified(token, cache=cache_of(short))


def test_a_key_for_encryption_signs_nothing():
    for_secrets = RSAKey.generate_key(2048, {"kid": "enc"})
    published = {**for_secrets.as_dict(private=False), "use": "enc"}

    with pytest.raises(SignInRefused):
        verified(signed(good_claims(), for_secrets), cache=KeyCache(lambda: {"keys": [published]}))


@pytest.mark.parametrize("acr", [None, "low", "unheard-of"])
def test_an_unknown_level_is_the_lowest(acr):
    claims = verified(signed(good_claims(acr=acr)))

    assert authenticated_person(PROFILE, token=claims, userinfo={}).level is Assurance.NONE


def test_a_known_level_is_mapped():
    claims = verified(signed(good_claims(acr="substantial")))

    assert authenticated_person(PROFILE, token=claims, userinfo={}).level is Assurance.SUBSTANTIAL


def test_without_max_age_the_time_of_authentication_may_be_absent():
    profile = replace(PROFILE, response=replace(PROFILE.response, max_age_s=0))

    assert verified(signed(good_claims(auth_time=None)), profile=profile)


def test_the_hash_may_be_written_in_ordinary_base64_where_the_profile_says_so():
    written = AT_HASH.replace("-", "+").replace("_", "/") + "=="
    lax = replace(PROFILE, response=replace(PROFILE.response, at_hash=AccessTokenHash.BASE64_ANY))

    assert verified(signed(good_claims(at_hash=written)), profile=lax)
    assert _reason(signed(good_claims(at_hash=written))) == "id_token.at_hash"


def test_the_hash_belongs_to_this_access_token():
    with pytest.raises(SignInRefused) as refusal:
        verified(signed(good_claims()), access_token=ACCESS_TOKEN + "x")

    assert refusal.value.reason == "id_token.at_hash"


def test_published_test_keys_verify_only_their_own_tokens(shared_data):
    private = json.loads((shared_data / "other" / "jwt" / "authlib_jwks_private.json").read_text())
    public = json.loads((shared_data / "other" / "jwt" / "authlib_jwks_public.json").read_text())
    known = [key for key in KeySet.import_key_set(private).keys if isinstance(key, RSAKey)]

    for key in known:
        token = jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(good_claims()), key)

        assert verified(token, cache=KeyCache(lambda: public))["sub"] == "somebody"
        with pytest.raises(SignInRefused):
            verified(token, cache=KeyCache(lambda: key_set(KEY)))


def _reason(token: str) -> str:
    with pytest.raises(SignInRefused) as refusal:
        verified(token)
    return refusal.value.reason


def _signed_with(key: ECKey, header: dict) -> str:
    registry = jws.JWSRegistry(algorithms=["ES256"])
    registry.max_header_length = 2048
    return jws.serialize_compact(header, json.dumps(good_claims()), key, registry=registry)


def _forced(header: dict, key: RSAKey) -> str:
    """Rightly signed, whatever the header says."""
    unsigned = put_together(header, good_claims(), b"x").rsplit(".", 1)[0]
    return put_together(header, good_claims(), key.private_key.sign(unsigned.encode(), PKCS1v15(), SHA256()))
