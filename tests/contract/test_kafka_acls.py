"""The page about operating lists the ACLs that the processes print."""

import asyncio

from embedded_stack._plan.acls import declared
from tests.shop_topology import ROOT, TOPOLOGY


def test_the_page_about_operating_lists_the_acls_of_each_user() -> None:
    page = (ROOT / "docs" / "OPERATING.md").read_text()
    table = page.partition("\n## ACLs of Kafka\n")[2].partition("\n## ")[0]
    listed = [line for line in table.splitlines() if line.startswith("| `")]
    assert listed == [
        f"| `{user}` | {acl.resource} `{acl.name}` | {', '.join(acl.operations)} |"
        for user, acls in asyncio.run(declared(TOPOLOGY)).items()
        for acl in acls
    ]
