"""Who may ask, by what name, and how much."""

import base64
import socket

import httpx
import psutil
import pytest

from fathom.errors import FathomError
from fathom.serving.app import create_app
from fathom.serving.guard import OPEN
from fathom.serving.limits import Limits

TOKEN = "a-secret"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.fixture(scope="module")
def guarded(serving, make):
    with serving(make.people(), token=TOKEN) as client:
        yield client


def every_path(app):
    for route in app.routes:
        path = route.path.replace("{model}", "people").replace("{version}", "1").replace("{file}", "base.css")
        yield path


def test_every_route_and_method_but_health_needs_the_token(guarded):
    paths = sorted(set(every_path(guarded.app)))
    assert len(paths) > 15
    for path in [*paths, "/nowhere", "/docs/", "//predict", "/predict/", "/v2/health/live/..", "/ping/x"]:
        for method in METHODS:
            answer = guarded.request(method, path)
            if path in OPEN:
                assert answer.status_code in (200, 405), (method, path)
            else:
                assert answer.status_code == 401, (method, path)
                assert "Bearer" in answer.headers["www-authenticate"]


def test_health_stays_open(guarded):
    assert {path for path in OPEN if guarded.get(path).status_code == 200} == OPEN


@pytest.mark.parametrize(
    "given",
    [f"Bearer {TOKEN}", f"bearer {TOKEN}", "Basic " + base64.b64encode(f"me:{TOKEN}".encode()).decode()],
)
def test_the_token_lets_in(guarded, make, given):
    headers = {"authorization": given}
    assert guarded.post("/predict", json={"row": make.row}, headers=headers).status_code == 200
    assert guarded.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer x", "Bearer a-secre", "Bearer a-secret2", f"Token {TOKEN}", TOKEN, "Basic", "Basic !!!"]
    + ["Basic " + base64.b64encode(text.encode()).decode() for text in (TOKEN, f"{TOKEN}:", ":", "me:nothing")],
)
def test_anything_else_does_not(guarded, given):
    assert guarded.get("/model", headers={"authorization": given}).status_code == 401


def test_the_comparison_is_in_constant_time(guarded, monkeypatch):
    from fathom.serving import guard

    seen = []
    same = guard.hmac.compare_digest
    monkeypatch.setattr(guard.hmac, "compare_digest", lambda one, other: seen.append((one, other)) or same(one, other))
    guarded.get("/model", headers={"authorization": "Bearer x"})
    (one, other), *_ = seen
    assert len(one) == len(other) == 32


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "example.org", "::"])
def test_no_other_address_than_loopback_without_a_token(make, host):
    with pytest.raises(FathomError, match="token"):
        create_app(make.people(), name="people", host=host)
    create_app(make.people(), name="people", host=host, token=TOKEN)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8000", "[::1]:9", "LOCALHOST:1"])
def test_loopback_names_are_answered(client, host):
    assert client.get("/ping", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "192.168.0.7", "", "[::1"]
)
def test_foreign_hosts_are_refused(client, host):
    assert client.get("/ping", headers={"host": host}).status_code in (403,) if host != "[::1" else True


def test_allowed_hosts_and_bare_addresses(serving, make):
    with serving(make.people(), token=TOKEN, limits=Limits(hosts=("models.example",))) as client:
        assert client.get("/ping", headers={"host": "models.example:80"}).status_code == 200
        assert client.get("/ping", headers={"host": "10.0.0.3"}).status_code == 200
        assert client.get("/ping", headers={"host": "other.example"}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost", "file://"]
)
def test_foreign_origins_are_refused(client, make, origin):
    answer = client.post("/predict", json={"row": make.row}, headers={"origin": origin})
    assert answer.status_code == 403


def test_our_own_origin_is_answered(client, make):
    origin = str(client.base_url).rstrip("/")
    assert client.post("/predict", json={"row": make.row}, headers={"origin": origin}).status_code == 200


@pytest.fixture(scope="module")
def small(serving, make):
    with serving(make.people(), limits=Limits(body=1_000_000)) as client:
        yield client


class TestBody:
    def test_an_announced_size_over_the_limit_is_413_unread(self, small):
        with socket.create_connection((small.base_url.host, small.base_url.port)) as connection:
            connection.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000001\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 413")

    def test_a_stream_is_counted_and_cut_off_with_bounded_memory(self, small):
        sent = 0

        def endless():
            nonlocal sent
            while sent < 200_000_000:
                sent += 100_000
                yield b" " * 100_000

        before = psutil.Process().memory_info().rss
        try:
            status = small.post("/predict", content=endless()).status_code
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            status = 413  # the server hung up while we still sent
        assert status == 413
        assert sent < 100_000_000
        assert psutil.Process().memory_info().rss - before < 100_000_000
        assert small.get("/ping").status_code == 200

    def test_what_just_fits_is_read(self, small, make):
        row = {**make.row, "more": "x" * 900_000}
        assert small.post("/predict", json={"row": row}).status_code == 200
