"""A device that holds passkeys, in software: it makes key pairs and signs as WebAuthn Level 3 (section 6) says."""

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device at one site, with one passkey.

    Attributes:
        verifies: whether it asks its owner for a PIN, finger or face.
        count: how often it has signed.
    """

    origin: str
    domain: str
    verifies: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict) -> str:
        """The answer to a registration, as a browser sends it."""
        assert options["authenticatorSelection"]["userVerification"] == "required"
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + self._cose_key()
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return self._answer(
            {
                "clientDataJSON": self._client_data("webauthn.create", options),
                "attestationObject": encode_cbor(attestation),
            },
            transports=["internal", "of another world"],
        )

    def use(self, options: dict) -> str:
        """The answer to an authentication, as a browser sends it; it counts one further."""
        self.count += 1
        data, client_data = self._data(), self._client_data("webauthn.get", options)
        signed = data + hashlib.sha256(client_data).digest()
        return self._answer(
            {
                "clientDataJSON": client_data,
                "authenticatorData": data,
                "signature": self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            }
        )

    def copied(self) -> "Authenticator":
        """Another device with the same key: what a thief would have."""
        return replace(self)

    def _data(self, flags: int = 0) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client_data(self, kind: str, options: dict) -> bytes:
        assert len(base64url_to_bytes(options["challenge"])) >= 16
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _cose_key(self) -> bytes:
        """An EC2 key for ES256 (RFC 9053, 7.1.1)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, response: dict[str, bytes], **further: object) -> str:
        told = {name: bytes_to_base64url(value) for name, value in response.items()}
        identifier = bytes_to_base64url(self.id)
        return json.dumps(
            {"id": identifier, "rawId": identifier, "type": "public-key", "response": {**told, **further}}
        )
