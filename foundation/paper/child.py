"""The child that sets one PDF: a template and data come in as JSON, the file goes out. Knows nothing else of the house.

Run as a file of its own, so that nothing of ours is loaded with it.
"""

import json
import resource
import sys
from pathlib import Path

import typst

MEMORY_BYTES = 2 << 30
CPU_S = 15
# Nowhere: no package is ever read, and none is fetched.
NO_PACKAGES = "/nonexistent"


def main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    confine()
    template = Path(asked["template"])
    made = typst.compile(
        template,
        root=template.parent,
        # Only what the wheel brings: Libertinus Serif and DejaVu Sans Mono, which have Cyrillic.
        ignore_system_fonts=True,
        sys_inputs={"data": asked["data"]},
        format="pdf",
        timestamp=asked["at"],
        package_path=NO_PACKAGES,
        package_cache_path=NO_PACKAGES,
    )
    sys.stdout.buffer.write(made)


def confine() -> None:
    """Narrow this process: memory, time, no file is written, no core dump with patient data in it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
