"""An account is linked to a record in person: a registrar saw a document, and said so or gave a one-time code."""
