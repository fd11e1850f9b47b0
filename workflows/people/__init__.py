"""Persons, organisations, memberships, roles and sign-in sessions."""
