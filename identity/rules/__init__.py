"""What is right about people, identifiers, roles and care. Pure."""
