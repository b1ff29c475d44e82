# SPDX-License-Identifier: EUPL-1.2
"""A small OpenID provider on this machine: discovery, authorization code with PKCE, signed ID tokens, keys."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "stoa", "a secret between the two"


@dataclass
class Provider:
    """What the provider knows and how it misbehaves; `person` is who sits in front of the browser."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    """What /userinfo says instead, if anything."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What stands in the ID token instead."""
    signs_with: Any = None
    way: str = "RS256"
    sends_token: bool = True
    names_key: bool = True
    published: int = 1
    """How many keys."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        names = ("one", "two")[: self.published]
        return {"keys": [public | {"kid": name, "use": "sig", "alg": "RS256"} for name in names]}

    def authorize(self, asked: dict[str, str]) -> str:
        """The address that the browser is sent back to."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once; None for who has no right to them."""
        began = self.codes.pop(asked.get("code", ""), None)
        if began is None or (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if proof != began["code_challenge"] or asked["redirect_uri"] != began["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": began.get("nonce", ""),
        }
        signed = jwt.encode(
            claims | self.person | self.claims, self.signs_with or self.key, self.way,
            headers={"kid": "one"} if self.names_key else {},
        )  # fmt: skip
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 300} | (
            {"id_token": signed} if self.sends_token else {}
        )


def known_to_portal(provider: Provider) -> dict[str, Any]:
    """The portal's setting that names this provider and no other."""
    app = {
        "provider_id": "city", "name": "Here ID", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": provider.address},
    }  # fmt: skip
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, answering on a free port until the block ends."""
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
                return
            pages = {"/.well-known/openid-configuration": provider.discovery, "/keys": provider.keys}
            if parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
                self.tell(provider.told or provider.person)
            elif parts.path in pages:
                self.tell(pages[parts.path]())
            else:
                self.tell({"error": "invalid_request"}, 401)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            length = int(self.headers.get("Content-Length", "0"))
            asked = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            found = provider.token(asked)
            self.tell(found or {"error": "invalid_grant"}, 200 if found else 400)

        def tell(self, value: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
