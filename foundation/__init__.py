"""The ground floor: settings, database, errors, audit, clock, outbox, idempotency, language. Knows nothing of health."""
