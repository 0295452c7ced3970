"""Ports of loopback for the programs that tests and benchmarks start: every run takes others, so two runs go side by side."""

import random
import socket

# Below the range that systems give to outgoing connections (Linux: from 32768).
LOWEST, HIGHEST = 20_000, 32_000
PORTS_OF_A_SERVICE = 4
_order = random.Random()  # the run's own numbers, whatever seed a test sets


def free_ports(count: int = PORTS_OF_A_SERVICE) -> int:
    """The first of some neighbouring ports that nobody holds now."""
    for first in _order.sample(range(LOWEST, HIGHEST, count), k=200):
        if all(_is_free(first + each) for each in range(count)):
            return first
    raise AssertionError(f"no {count} neighbouring ports are free")


def free_port() -> int:
    return free_ports(1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
