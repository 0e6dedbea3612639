"""The page about events, and the consumers on it."""

import ast
import html
import json
import re
from itertools import product

import pytest

from transactional_events.documents import Connection, Json, page

SERVERS = ("k1.example:9093", "k2.example:9093")
REGISTRY = "https://registry.example/v7"
CONNECTION = Connection(SERVERS, REGISTRY)
CONNECTIONS = [
    Connection(servers, registry, protocol, mechanism)
    for servers, registry, (protocol, mechanism) in product(
        ((), SERVERS), ("", REGISTRY), (("PLAINTEXT", ""), ("SSL", ""), ("SASL_SSL", "PLAIN"))
    )
]


def code(content: str, name: str) -> str:
    """Returns the text of a block of code on the page."""
    found = re.search(rf'<code id="{name}">(.*?)</code>', content, re.DOTALL)
    assert found, f"no block {name}"
    return html.unescape(found[1])


def test_topics_are_headings_with_their_events_below(document: Json) -> None:
    headings = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", page(document, CONNECTION))
    assert headings == [
        "Connect",
        "<code>acme.things</code>",
        "Fields of every message",
        "ThingMade",
        "ThingLost",
        "Consume acme.things",
        "What every record has",
        "Headers",
    ]


def test_a_row_has_the_name_on_the_wire_beside_the_one_in_json(document: Json) -> None:
    text = re.sub(r"<[^>]+>", " ", page(document, CONNECTION))
    rows = re.sub(r"\s+", " ", text)
    assert "thing_made.grams int64 data.grams integer, int64" in rows
    assert "thing_made.parts[].weight uint64 data.parts[].weight string, uint64" in rows


def test_examples_are_shown_as_on_the_wire_and_as_json(document: Json) -> None:
    content = page(document, CONNECTION)
    examples = [
        json.loads(html.unescape(text))
        for text in re.findall(r'<pre tabindex="0"><code>({.*?})</code>', content, re.DOTALL)
    ]
    wire, shown = examples[0], examples[1]
    assert wire["thing_made"]["grams"] == "250"  # Protobuf's JSON mapping
    assert shown["data"]["grams"] == 250
    assert wire["event_id"] == shown["event_id"]


def test_patterns_are_folded_away(document: Json) -> None:
    content = page(document, CONNECTION)
    without_details = re.sub(r"<details>.*?</details>", "", content, flags=re.DOTALL)
    assert "[0-9a-fA-F]{8}" in content
    assert "[0-9a-fA-F]{8}" not in without_details


def test_the_page_shows_commonmark_and_no_html_of_a_comment(document: Json) -> None:
    content = page(document, CONNECTION)
    assert "Look at <code>thing_id</code>, not at &lt;script&gt;alert(1)&lt;/script&gt;" in content


@pytest.mark.parametrize("connection", CONNECTIONS, ids=str)
def test_the_python_consumer_is_valid_and_has_the_addresses(
    document: Json, connection: Connection
) -> None:
    text = code(page(document, connection), "thing_event-python")
    tree = ast.parse(text)
    [settings] = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    values = {
        ast.literal_eval(key): ast.unparse(value)
        for key, value in zip(settings.keys, settings.values, strict=True)
        if key
    }
    servers = ",".join(connection.bootstrap_servers) or "broker.example:9092"
    assert values["bootstrap.servers"] == repr(servers)
    assert ("sasl.password" in values) == connection.has_login
    assert ("import os" in text) == connection.has_login


@pytest.mark.parametrize("connection", CONNECTIONS, ids=str)
def test_the_javascript_consumer_has_the_addresses(document: Json, connection: Connection) -> None:
    text = code(page(document, connection), "thing_event-javascript")
    servers = list(connection.bootstrap_servers) or ["broker.example:9092"]
    assert f"bootstrapBrokers: {json.dumps(servers)}," in text
    assert ("tls: {}" in text) == connection.is_encrypted
    assert ("sasl: {" in text) == connection.has_login


def test_without_addresses_the_page_says_so_and_offers_the_schema_as_a_file(document: Json) -> None:
    content = page(document, Connection())
    assert "This server was not told where they are" in content
    assert "curl" not in content
    assert 'href="events/thing_event.proto"' in content


def test_with_a_login_the_page_says_who_creates_users(document: Json) -> None:
    content = page(document, Connection(SERVERS, "", "SASL_SSL", "SCRAM-SHA-512"))
    assert "you need a user of your own" in content
    assert "KAFKA_SASL_PASSWORD" in content


def test_the_page_has_neither_inline_script_nor_style_nor_another_host(document: Json) -> None:
    content = page(document, CONNECTION)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", content)
    assert not re.search(r'(?:href|src)="(?:https?:)?//', content)
