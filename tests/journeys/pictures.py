"""Pictures of what the journeys see, for people to look at: `make screenshots` asks for them, a test run does not."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page


def keep_picture(page: Page, *names: str) -> None:
    """The whole page as it is shown now, named by its width too; only where SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        name = re.sub(r"[^\w.-]+", "_", "-".join([*names, str(page.viewport_size["width"])]))
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
