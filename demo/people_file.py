"""Where the names of the people to try are remembered beside a demo's data: they change only with its region."""

from pathlib import Path


def people_file(data_dir: Path) -> Path:
    return data_dir / "demo-people.txt"
