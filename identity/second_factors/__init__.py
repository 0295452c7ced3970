"""Staff prove anew that it is they: by a passkey of theirs, or by what their identity provider says; and what asks for it."""
