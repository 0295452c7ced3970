"""Commands of this room: load-facilities, load-staff, load-posts, end-sessions, rotate-secret-key."""

from identity.facilities.commands import load_facilities
from identity.resealing.commands import rotate_secret_key
from identity.sessions.commands import end_sessions
from identity.staff.commands import load_posts, load_staff

COMMANDS = (load_facilities, load_staff, load_posts, end_sessions, rotate_secret_key)
