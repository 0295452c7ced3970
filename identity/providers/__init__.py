"""The wire to identity providers: OpenID Connect by configuration. Nothing here knows the database or a person of ours."""
