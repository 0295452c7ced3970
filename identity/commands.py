"""Commands of this room: end-sessions."""

from identity.sessions.commands import end_sessions

COMMANDS = (end_sessions,)
