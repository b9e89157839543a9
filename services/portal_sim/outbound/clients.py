"""The file that says which clients may use the pull interface.

One TOML table each, named by the client id, with ``secret`` and ``municipalities`` (codes, or ``"*"`` for all), and
perhaps ``scopes`` (``applications``, ``statuses``; both by default) and ``calls_per_s``.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from portal_sim.handlers.sessions import Client, Scope
from shinsei.runtime.errors import StartError


def load_clients(path: Path) -> Mapping[str, Client]:
    """Clients by id.

    Raises:
        StartError: the file is not there, or not as described.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        clients = {
            client_id: Client(
                client_id=client_id,
                secret=str(table["secret"]),
                municipalities=frozenset(map(str, table["municipalities"])),
                scopes=frozenset(map(Scope, table.get("scopes", Scope))),
                calls_per_s=float(table["calls_per_s"]) if "calls_per_s" in table else None,
            )
            for client_id, table in content.items()
        }
    except OSError as error:
        problem = f"the file of clients {path} cannot be read ({error.strerror})"
        raise StartError(problem, setting="clients_file") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{path} does not give each client a secret and municipalities ({error})"
        raise StartError(problem, setting="clients_file") from error
    if not clients:
        raise StartError(f"{path} names no client", setting="clients_file")
    return clients
