"""Tables, transactions and migrations: what every room needs to keep something."""
