"""Makes, lists and revokes tokens, and publishes their hashes for the processes that let requests in."""

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert, select, update

from echoline import tokens_file
from echoline.errors import BadInput, Unavailable
from echoline.model.tokens import SCOPES, Scope, Token, TokenHash
from echoline.state.database import Database

_PREFIX = "echoline_"  # so that those who look for secrets in texts find it
_MAX_NAME = 100

_TOKENS = Table(
    "tokens",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("name", String),
    Column("scopes", String),
    Column("sha256", String),
    Column("created_ns", Integer),
    Column("revoked_ns", Integer),
)


class Tokens:
    """The tokens of one data directory."""

    def __init__(self, database: Database, published: Path, clock: Callable[[], int] = time.time_ns) -> None:
        """`published` is the file of hashes; `clock` gives nanoseconds since 1970."""
        self._database, self._published, self._clock = database, published, clock

    def create(self, name: str, scopes: Sequence[str]) -> tuple[Token, str]:
        """A new token and its secret, which is shown this once and kept nowhere.

        Raises BadInput for an unknown scope or none, or a name that is empty or too long.
        """
        wanted: tuple[Scope, ...] = tuple(scope for scope in SCOPES if scope in scopes)
        if not scopes or set(scopes) - set(SCOPES):
            raise BadInput(
                f"scopes {', '.join(scopes) or 'none'}: give some of {', '.join(SCOPES)}", reason="bad_scope"
            )
        if not name.strip() or len(name) > _MAX_NAME:
            raise BadInput(f"a token's name has 1 to {_MAX_NAME} characters", reason="bad_name")
        secret = _PREFIX + secrets.token_urlsafe(32)
        token = Token(secrets.token_hex(4), name.strip(), wanted, self._clock())
        row = {
            "id": token.id,
            "name": token.name,
            "scopes": ",".join(wanted),
            "sha256": tokens_file.sha256(secret),
            "created_ns": token.created_ns,
        }
        with self._database.transaction() as connection:
            connection.execute(insert(_TOKENS).values(row))
            self._publish(connection)
        return token, secret

    def all(self) -> list[Token]:
        """Every token ever made, also the revoked ones, oldest first."""
        columns = (_TOKENS.c.id, _TOKENS.c.name, _TOKENS.c.scopes, _TOKENS.c.created_ns, _TOKENS.c.revoked_ns)
        with self._database.transaction() as connection:
            rows = connection.execute(select(*columns).order_by(_TOKENS.c.created_ns, _TOKENS.c.id)).all()
        return [Token(id_, name, _scopes(scopes), created, revoked) for id_, name, scopes, created, revoked in rows]

    def revoke(self, token_id: str) -> None:
        """Ends a token at once; one that was revoked before stays as it is. Raises BadInput for an unknown id."""
        with self._database.transaction() as connection:
            known = connection.execute(select(_TOKENS.c.revoked_ns).where(_TOKENS.c.id == token_id)).all()
            if not known:
                raise BadInput(f"there is no token {token_id!r}; `echoline tokens list` shows them", reason="not_found")
            valid = (_TOKENS.c.id == token_id) & _TOKENS.c.revoked_ns.is_(None)
            connection.execute(update(_TOKENS).where(valid).values(revoked_ns=self._clock()))
            self._publish(connection)

    def publish(self) -> None:
        """Writes the hashes anew, as a start does in case the file was lost. Raises Unavailable."""
        with self._database.transaction() as connection:
            self._publish(connection)

    def _publish(self, connection: Connection) -> None:
        """Inside the transaction, so that what is published is in the order of what is committed."""
        valid = select(_TOKENS.c.sha256, _TOKENS.c.scopes).where(_TOKENS.c.revoked_ns.is_(None))
        rows = connection.execute(valid).all()
        try:
            tokens_file.publish(self._published, [TokenHash(hashed, _scopes(scopes)) for hashed, scopes in rows])
        except OSError as error:
            raise Unavailable(f"{self._published} cannot be written: {error.strerror}") from error


def _scopes(text: str) -> tuple[Scope, ...]:
    return tuple(scope for scope in SCOPES if scope in text.split(","))
