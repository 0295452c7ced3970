"""What the demo provider and we must both know, made once and kept beside the demo's data."""

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import ECKey

PORTAL, DESK = "portal", "desk"
PORTAL_SECRET_FILE = Path("demo") / "portal_secret.json"  # below DATA_DIR, as the next
DESK_KEY_FILE = Path("demo") / "desk_key.json"


@dataclass(frozen=True, slots=True)
class DemoClients:
    """The citizens' client proves itself by a secret, the staff's by a key."""

    portal_secret: str
    desk_key: ECKey


def demo_clients(data_dir: Path) -> DemoClients:
    """The clients' secrets, made at the first start by whichever process is first."""
    secret_file, key_file = data_dir / PORTAL_SECRET_FILE, data_dir / DESK_KEY_FILE
    if not secret_file.exists():
        write_once(secret_file, {"secret": secrets.token_urlsafe(32)})
    if not key_file.exists():
        desk_key = ECKey.generate_key("P-256", {"kid": "desk-1", "use": "sig", "alg": "ES256"})
        write_once(key_file, desk_key.as_dict(private=True))
    return DemoClients(
        portal_secret=json.loads(secret_file.read_text(encoding="utf-8"))["secret"],
        desk_key=ECKey.import_key(json.loads(key_file.read_text(encoding="utf-8"))),
    )


def write_once(file: Path, content: dict) -> None:
    """Write a private file unless another process has just written it; nobody ever reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=file.parent)  # made readable by its owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump(content, written)
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)
