"""Tenants: everything that is stored belongs to one, and nobody sees another's."""

from typing import Final

LOCAL_TENANT: Final = "local"
"""Whose everything is that comes from this machine: its commands, its folder of prompts, its own issuer."""
