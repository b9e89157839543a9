"""A role of PostgreSQL for each service: it owns the service's database and enters no other.

A reader beside them sees every table and changes nothing: for whoever follows a case or asks for figures. The
administrator of the server is the stack's own. A password never travels: the server gets what proves it (RFC 5803).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shinsei.stack.postgres import PostgresServer

READER: Final = "reader"
_ROUNDS: Final = 4096
"""PostgreSQL's own default; the passwords are long and random."""
_OWNED: Final = """
SELECT format('ALTER %s %s OWNER TO %I',
              CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass, $1::text) AS statement
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND pg_get_userbyid(c.relowner) <> $1
  AND NOT (c.relkind = 'S' AND EXISTS (
      SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
ORDER BY c.relkind = 'S'
"""
"""What the administrator owns in a database of an earlier stack; sequences of columns follow their table."""


async def ensure_services(server: "PostgresServer", services: Iterable[str]) -> None:
    """Make each service's database and role, and the reader, as far as they are not there yet."""
    import asyncpg  # noqa: PLC0415 - slow to import, and not needed by the planner

    connection = await asyncpg.connect(server.dsn(), ssl=False)
    try:
        roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        owners = {
            row["datname"]: row["owner"]
            for row in await connection.fetch("SELECT datname, pg_get_userbyid(datdba) AS owner FROM pg_database")
        }
        await _ensure_role(connection, server, READER, roles)
        await _run(connection, "GRANT pg_read_all_data TO %I", READER)
        await _run(connection, "REVOKE ALL ON DATABASE postgres FROM PUBLIC")
        for service in services:
            await _ensure_role(connection, server, service, roles)
            if service not in owners:
                await _run(connection, "CREATE DATABASE %I OWNER %I", service, service)
            elif owners[service] != service:
                await _run(connection, "ALTER DATABASE %I OWNER TO %I", service, service)
                await _hand_over(server, service)
            await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", service)
            await _run(connection, "GRANT CONNECT ON DATABASE %I TO %I", service, READER)
    finally:
        await connection.close()


def verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5803)."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ROUNDS}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


async def _ensure_role(connection: Any, server: "PostgresServer", name: str, roles: Iterable[str]) -> None:
    """With the password in its file, which may be another than before."""
    if name not in roles:
        await _run(connection, "CREATE ROLE %I LOGIN", name)
    proof = verifier(server.password_of(name), secrets.token_bytes(16))
    await _run(connection, "ALTER ROLE %I PASSWORD %L", name, proof)


async def _hand_over(server: "PostgresServer", service: str) -> None:
    """The tables of a database that was the administrator's."""
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(server.dsn(service), ssl=False)
    try:
        for row in await connection.fetch(_OWNED, service):
            await connection.execute(row["statement"])
    finally:
        await connection.close()


async def _run(connection: Any, statement: str, *names: str) -> None:
    """A statement that takes no parameters, its names quoted by the server itself."""
    quoted = await connection.fetchval("SELECT format($1::text, VARIADIC $2::text[])", statement, names)
    await connection.execute(quoted)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
