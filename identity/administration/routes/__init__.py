"""The addresses of the administrator's desk."""
