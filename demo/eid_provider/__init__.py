"""An OpenID Provider with synthetic people: a process and an origin of its own, for the demo and the tests.

It stands in for a country’s electronic identity. Nothing of it is imported by the service, and production refuses it.
"""
