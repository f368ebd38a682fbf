"""Who may ask, by what name, and how much: checked before anything else sees a request.

Loopback needs no token, so there a page from elsewhere must not get in through the browser: the Host must be a
loopback name (a foreign name that resolves to this machine is DNS rebinding) and the Origin our own.
Anywhere else a token guards every path but health.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import socket
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fathom.errors import FathomError
from fathom.messages import phrase, speaking
from fathom.serving.exchange import header, language, refuse
from fathom.serving.limits import Limits
from fathom.serving.refusal import Refusal

OPEN = frozenset({"/v2/health/live", "/v2/health/ready", "/ping"})  # what a load balancer asks, without a token
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CHALLENGE = 'Basic realm="fathom: any user name, the token as password", charset="UTF-8", Bearer'


def check_bind(host: str, token: str | None) -> None:
    """Raise a FathomError where others could reach the server and nothing would stop them."""
    if token or is_loopback(host):
        return
    raise FathomError(
        phrase("Others could reach the server on {host}, and no token is set.", host=host),
        remedy=phrase("Set one with --token (or the variable FATHOM_TOKEN), or stay on 127.0.0.1."),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("localhost"), is_loopback("127.0.0.8"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Guard:
    """An ASGI layer that turns away whom it must and counts what passes."""

    app: ASGIApp
    host: str
    token: str | None
    limits: Limits
    names: frozenset[str] = field(init=False)
    digest: bytes | None = field(init=False)

    def __post_init__(self) -> None:
        """Know the server's own names, and the token by its digest alone."""
        own = {self.host.lower(), socket.gethostname().lower(), *map(str.lower, self.limits.hosts)}
        object.__setattr__(self, "names", LOOPBACK | (own if self.token else set(map(str.lower, self.limits.hosts))))
        object.__setattr__(self, "digest", _digest(self.token.encode()) if self.token else None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a body that cannot grow past the limit."""
        try:
            self.check(scope)
        except Refusal as refusal:
            with speaking(language(scope)):
                return await refuse(send, refusal)
        await self.app(scope, self.counted(scope, receive), send)

    def check(self, scope: Scope) -> None:
        """Raise a Refusal where host, origin, token or announced size do not pass."""
        host = origin = authorization = b""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"origin":
                origin = value
            elif name == b"authorization":
                authorization = value
        self.check_host(host.decode("latin-1"))
        if origin:
            self.check_origin(origin.decode("latin-1"), host.decode("latin-1"))
        if self.digest and scope["path"] not in OPEN and not self.knows(authorization):
            raise Refusal(401, phrase("A token is needed."), headers={"www-authenticate": CHALLENGE})
        length = header(scope, b"content-length")
        if length and not length.isdigit():
            raise Refusal(400, phrase("Content-Length is no number."), headers={"connection": "close"})
        if length and int(length) > self.limits.body:
            raise self.too_large()

    def check_host(self, host: str) -> None:
        """The server answers to its own names; to bare addresses too where a token guards it."""
        name = _name(host)
        if name in self.names or (self.token and _is_address(name)):
            return
        raise Refusal(
            403,
            phrase("The server does not answer to this host name."),
            remedy=phrase("Allow it with --allow-host NAME."),
        )

    def check_origin(self, origin: str, host: str) -> None:
        """A browser's page may ask only where it came from this server."""
        scheme, _, place = origin.partition("://")
        if scheme in ("http", "https") and place.lower() == host.lower():
            return
        raise Refusal(403, phrase("Pages from elsewhere may not ask this server."))

    def knows(self, authorization: bytes) -> bool:
        """Whether the header carries the token, as Bearer or as a Basic password; in constant time."""
        scheme, _, value = authorization.partition(b" ")
        given = value.strip()
        if scheme.lower() == b"basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except (binascii.Error, ValueError):
                given = b""
        elif scheme.lower() != b"bearer":
            given = b""
        return self.digest is not None and hmac.compare_digest(_digest(given), self.digest)

    def counted(self, scope: Scope, receive: Receive) -> Receive:
        """The body, cut off with 413 where more arrives than may."""
        if not header(scope, b"transfer-encoding"):
            return receive  # the announced length was checked, and the HTTP parser holds the sender to it
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limits.body:
                raise self.too_large()
            return message

        return counting

    def too_large(self) -> Refusal:
        """413, and the connection is closed so that the rest need not be read."""
        what = phrase("The body is larger than {body:,} bytes.", body=self.limits.body)
        return Refusal(413, what, headers={"connection": "close"}, remedy=phrase("Send fewer rows in one request."))


def _name(host: str) -> str:
    """The host's name without its port, lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
