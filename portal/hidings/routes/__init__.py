"""The addresses of hiding an entry."""
