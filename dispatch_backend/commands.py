"""Commands of this room: load-dispatch-reference."""

from dispatch_backend.services.commands import load_dispatch_reference

COMMANDS = (load_dispatch_reference,)
