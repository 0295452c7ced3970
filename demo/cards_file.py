"""The identity cards as the file that the demo identity provider reads: it runs apart and knows no database."""

import json
from dataclasses import asdict
from pathlib import Path

from demo.people import identity_cards

PEOPLE_FILE = Path("demo") / "people.json"  # below DATA_DIR


def write_cards(data_dir: Path) -> None:
    """Write every card, whole or not at all."""
    file = data_dir / PEOPLE_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    cards = [
        {
            **asdict(card),
            "birth_date": card.birth_date.isoformat(),
            "role_hint": card.role_hint._asdict(),
        }
        for card in identity_cards()
    ]
    draft.write_text(json.dumps(cards, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(file)
