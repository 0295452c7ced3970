"""A file of identity providers as an operator writes it: one provider that is right."""


def one_provider(name: str = "eid", *, levels: str = 'high = "high"') -> str:
    """Its text; what is added to it belongs to the provider.

    Args:
        levels: what the provider calls each level, in TOML.
    """
    return f"""
[[provider]]
name = "{name}"
title = {{ en = "State eID", ru = "Государственный ЭИ" }}
audience = "citizens"
issuer = "https://eid.example"
discovery = "https://eid.example/.well-known/openid-configuration"
client = {{ id = "health", auth = "client_secret_basic", secret = "s" }}
levels = {{ {levels} }}
"""
