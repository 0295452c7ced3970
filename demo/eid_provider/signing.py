"""The provider's own signing key, kept over restarts so that nobody's key cache goes stale."""

import json
from pathlib import Path

from joserfc.jwk import RSAKey

from identity.providers.demo_clients import write_once

ALGORITHM = "RS256"
KEY_SIZE = 2048


def signing_key(data_dir: Path) -> RSAKey:
    """The key that signs id and logout tokens, made at the first start."""
    file = data_dir / "demo" / "provider_key.json"
    if not file.exists():
        key = RSAKey.generate_key(KEY_SIZE, {"use": "sig", "alg": ALGORITHM})
        key.ensure_kid()
        write_once(file, key.as_dict(private=True))
    return RSAKey.import_key(json.loads(file.read_text(encoding="utf-8")))
