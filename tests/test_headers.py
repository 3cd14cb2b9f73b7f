"""Every answer carries the same headers, whatever it is; nothing that is asked for gives a 5xx."""

from __future__ import annotations

import pytest

from portal.submissions import FIELD

pytestmark = pytest.mark.slow

ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Written out, so that one that gets lost is missed."""
ASKED = [
    ("GET", "/"),
    ("GET", "/masuk"),
    ("HEAD", "/masuk"),
    ("OPTIONS", "/masuk"),
    ("GET", "/menunggu-saya"),
    ("GET", "/tidak-ada"),
    ("POST", "/tidak-ada"),
    ("PUT", "/masuk"),
    ("DELETE", "/usulan/1"),
    ("PATCH", "/"),
    ("TRACE", "/"),
    ("GET", "/static/css/main.css"),
    ("HEAD", "/static/css/main.css"),
    ("OPTIONS", "/static/css/main.css"),
    ("GET", "/static/../wsgi.py"),
    ("GET", "/static/%00"),
    ("GET", "/usulan/99999999999999999999999999"),
    ("GET", "/rencana/-1"),
    ("GET", "/" + "a" * 5000),
    ("GET", "/usulan?setelah=9999999999999999-9"),
    ("GET", "/rencana?setelah=%00&tahun=9999"),
    ("GET", "/masuk?next=//evil.example"),
]


@pytest.mark.parametrize("who", [None, "staff"])
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_every_answer_has_them(client_for, method, path, who):
    response = client_for(who).open(path, method=method)
    assert response.status_code < 500, response.status_code
    for name, value in ALWAYS.items():
        assert response.headers.get(name) == value, (name, path)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    for cookie in response.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("host", ["evil.example", "a" * 3000, "127.0.0.1:99999999", "[::1", "", "\u00e4"])
def test_foreign_host_is_refused_without_a_fault(client, host):
    response = client.get("/masuk", headers={"Host": host.encode("utf-8").decode("latin-1")})
    assert response.status_code in (200, 400)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("cookie", ["", "x", "a" * 4000, "\x7f", "%00", '"quoted"'])
def test_broken_cookies_are_nobody(client, cookie):
    for name in ("sesi", "rembuk"):
        assert client.get("/menunggu-saya", headers={"Cookie": f"{name}={cookie}"}).status_code in (303, 400)


def test_signed_in_pages_are_not_kept_and_vary(client_for):
    response = client_for("staff").get("/menunggu-saya")
    assert response.headers["Cache-Control"] == "no-store"
    assert {"Cookie", "HX-Request", "HX-Request-Type"} <= set(response.vary)


def test_a_missing_static_file_is_answered_by_a_page_of_its_reader(client_for):
    response = client_for("staff").get("/static/css/missing.css", headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Cookie" in response.vary


def test_static_file_is_kept_for_ever_under_its_hash(client):
    from re import search

    page = client.get("/masuk").text
    address = search(r'href="(/static/css/main\.css\?v=[0-9a-f]+)"', page).group(1)
    response = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip"
    again = client.get(
        address, headers={"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


def test_pages_are_compressed_for_who_can_read_it(client):
    packed = client.get("/masuk", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/masuk").headers


def test_post_without_csrf_is_refused(client_for):
    client = client_for("staff")
    response = client.post("/usulan/1/dukungan", data={FIELD: "a" * 20})
    assert response.status_code == 400
    assert "terlalu lama terbuka" in response.text


@pytest.mark.parametrize(("site", "status"), [("cross-site", 400), ("same-origin", 303), ("none", 303)])
def test_a_form_of_another_site_is_refused_whatever_token_it_carries(client_for, site, status):
    client = client_for("staff")
    data = {"csrf_token": client.csrf(), FIELD: "a" * 20, "language": "id"}
    assert client.post("/bahasa", data=data, headers={"Sec-Fetch-Site": site}).status_code == status
    assert client.get("/menunggu-saya", headers={"Sec-Fetch-Site": site}).status_code == 200


def test_post_without_token_is_refused(client_for):
    client = client_for("staff")
    response = client.post("/usulan/1/dukungan", data={"csrf_token": client.csrf()})
    assert response.status_code == 400


def test_ended_session_keeps_what_was_typed(client_for):
    client = client_for(None)
    response = client.send("/usulan/baru?rencana=1", {"title": "Judul yang panjang", "password": "rahasia"})
    assert response.status_code == 401
    assert "Judul yang panjang" in response.text
    assert "rahasia" not in response.text


def test_no_secret_comes_back_with_an_error(client_for):
    """Neither kept in a field nor carried along unseen."""
    names = ("password", "new_password", "repeat", "nip", "code", "code-A", "choice", "receipt")
    form = {name: f"rahasia{n} sekali" for n, name in enumerate(names)} | {"title": "Judul yang panjang"}
    text = client_for(None).send("/usulan/baru?rencana=1", form).text
    assert "Judul yang panjang" in text
    assert "rahasia" not in text


def test_ended_session_answers_htmx_beside_the_form(client_for):
    response = client_for(None).send("/usulan/1/dukungan", htmx=True)
    assert response.status_code == 401
    assert response.headers["HX-Retarget"] == "find [data-message]"
    assert "<html" not in response.text


def test_too_large_body_is_413(client_for):
    client = client_for("staff")
    response = client.post(
        "/bahasa", data=b"x" * (7 * 1024 * 1024), content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413


def test_head_answers_like_get_and_is_never_a_form(client_for):
    for path in ("/masuk", "/aktivasi", "/tidak-ada", "/menunggu-saya"):
        asked = client_for(None).head(path, data={"nip": "1", "password": "x"})
        assert asked.status_code == client_for(None).get(path).status_code, path
        assert not asked.data
