import json
import stat
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from embedded_stack._issuer.keys import CallerTokenKey, IssuerKeys
from embedded_stack._issuer.tokens import AccessTokens
from embedded_stack._plan import services
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError
from embedded_stack.servers import ISSUER
from embedded_stack_tests.bookshop import TOPOLOGY, blueprint

ISSUER_URL = "http://127.0.0.1:8083"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def keys(folder: Folder) -> IssuerKeys:
    keys = IssuerKeys(folder)
    keys.create()
    return keys


@pytest.fixture
def tokens(keys: IssuerKeys) -> AccessTokens:
    assert TOPOLOGY.auth
    return AccessTokens(keys, ISSUER_URL, TOPOLOGY.auth)


def published(keys: IssuerKeys) -> KeySet:
    return KeySet.import_key_set(json.loads(keys.public()))


def test_a_token_says_what_rfc_9068_demands(tokens: AccessTokens) -> None:
    token = jwt.decode(tokens.sign("ada", None, 60), published(tokens.keys), ["ES256"])

    assert token.header["typ"] == "at+jwt"
    claims = token.claims
    assert claims.keys() == {"iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti"}
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER_URL, "books", "ada")
    assert claims["scope"] == "books:read books:write"
    assert claims["exp"] - claims["iat"] == 60


def test_a_token_grants_the_scopes_that_were_asked_for(tokens: AccessTokens) -> None:
    narrow, empty = (tokens.sign("ada", scopes, 60) for scopes in (["books:read"], []))
    keys = published(tokens.keys)
    assert jwt.decode(narrow, keys, ["ES256"]).claims["scope"] == "books:read"
    assert jwt.decode(empty, keys, ["ES256"]).claims["scope"] == ""


@pytest.mark.parametrize(
    ("user", "scopes", "expires_seconds", "mistake"),
    [
        ("", None, 60, "a user has 1 to 255 printable characters"),
        ("a\nb", None, 60, "a user has 1 to 255 printable characters"),
        ("ada", ["films:read"], 60, "no scope films:read; there are books:read, books:write"),
        ("ada", None, 86_401, "--expires 86401: a token lives 86400 s at most"),
    ],
)
def test_a_wrong_argument_of_a_token_is_an_error_that_names_it(
    tokens: AccessTokens, user: str, scopes: list[str] | None, expires_seconds: int, mistake: str
) -> None:
    with pytest.raises(StackError, match=mistake):
        tokens.sign(user, scopes, expires_seconds)


def test_after_a_rotation_tokens_of_the_last_key_are_valid_and_those_of_older_keys_are_not(
    tokens: AccessTokens,
) -> None:
    oldest = tokens.sign("ada", None, 60)
    tokens.keys.rotate()
    last = tokens.sign("ada", None, 60)
    jwt.decode(oldest, published(tokens.keys), ["ES256"])

    tokens.keys.rotate()

    for token in (last, tokens.sign("ada", None, 60)):
        jwt.decode(token, published(tokens.keys), ["ES256"])
    with pytest.raises(InvalidKeyIdError):
        jwt.decode(oldest, published(tokens.keys), ["ES256"])


def test_only_the_owner_can_read_private_keys_and_published_keys_have_none(
    folder: Folder, keys: IssuerKeys
) -> None:
    keys.rotate()
    CallerTokenKey(folder).create()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.path.iterdir()}
    assert modes == dict.fromkeys(
        ("issuer-keys.json", "caller-token-key.json", "caller-token-jwks.json"), 0o600
    )
    callers = json.loads(CallerTokenKey(folder).public.read_text())
    for key in (*json.loads(keys.public())["keys"], *callers["keys"]):
        assert "d" not in key
    assert json.loads(CallerTokenKey(folder).private.read_text())["d"]


def test_keys_stay_when_the_stack_starts_again(folder: Folder, keys: IssuerKeys) -> None:
    CallerTokenKey(folder).create()
    before = {path: path.read_bytes() for path in folder.path.iterdir()}
    keys.create()
    CallerTokenKey(folder).create()
    assert {path: path.read_bytes() for path in folder.path.iterdir()} == before


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"kty": "oct"}]}'])
def test_a_damaged_file_of_keys_is_an_error_that_names_it(
    tokens: AccessTokens, folder: Folder, content: str
) -> None:
    file = folder.path / "issuer-keys.json"
    file.write_text(content)
    with pytest.raises(StackError, match=f"{file} is damaged"):
        tokens.sign("ada", None, 60)


def test_services_get_the_settings_of_access_control_only_when_it_is_on(tmp_path: Path) -> None:
    declared = {"ISSUER", "AUDIENCE", "CALLER_KEY", "CALLERS_FILE"}
    for auth in (False, True):
        plan = blueprint(tmp_path, "web", auth=auth)
        web, catalog = (
            services.command(plan.copies[service][0], TOPOLOGY, plan.endpoints).environment
            for service in ("web", "catalog")
        )
        assert (ISSUER in plan.parts) == auth
        assert len(declared & (web.keys() | catalog.keys())) == (4 if auth else 0)

    key = CallerTokenKey(plan.folder)
    assert web["ISSUER"] == f"http://127.0.0.1:{plan.ports['issuer_port']}"
    assert (web["AUDIENCE"], web["CALLER_KEY"]) == ("books", str(key.private))
    assert "CALLERS_FILE" not in web
    # Only the gateway can sign the tokens of callers.
    assert catalog["CALLERS_FILE"] == str(key.public)
    assert str(key.private) not in catalog.values()
