"""Commands of this room: load-dispatch-reference, verify-dispatch."""

from dispatch_backend.referrals.commands import verify_dispatch
from dispatch_backend.services.commands import load_dispatch_reference

COMMANDS = (load_dispatch_reference, verify_dispatch)
