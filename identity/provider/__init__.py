"""The wire to identity providers: OpenID Connect by configuration. Pure of the database; no route is known here."""
