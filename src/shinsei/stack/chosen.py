"""What whoever starts a stack may choose of its services, on which figures measured on it depend."""

from collections.abc import Mapping

from shinsei.stack.site import SERVICES

_PREFIXES = tuple(f"{service.upper()}_" for service in SERVICES)
_PLACES = ("_PORT", "_HOST", "_TARGET", "_BOOTSTRAP", "_DSN", "_DIR", "_FILE")
"""Ends of settings that say where something is: another place changes no figure."""
_SECRETS = ("_SECRET", "_PASSWORD", "_TOKEN", "_KEY")


def chosen_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The services' settings that an environment has, by variable; neither places nor secrets.

    What it does not have is as the services' own code says.
    """
    return {
        name: value
        for name, value in sorted(environment.items())
        if name.startswith(_PREFIXES) and not name.endswith(_PLACES + _SECRETS)
    }
