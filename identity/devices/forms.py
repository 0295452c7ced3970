"""Signing out elsewhere asks for nothing but the press of a button."""

from foundation.web.forms import IdempotentForm


class SignOutElsewhereForm(IdempotentForm):
    pass
