"""The published test vectors."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from activity.evidence import leaves
from activity.evidence.merkle import Frontier, leaf_hash

VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/evidence-vectors.json").read_text()
)


def microseconds(text):
    return leaves.microseconds(datetime.fromisoformat(text))


@pytest.mark.parametrize("vector", VECTORS["leaves"], ids=lambda vector: vector["event"]["seq"])
def test_it_makes_the_published_leaves(vector):
    event = vector["event"]
    salt = leaves.salt_of(bytes.fromhex(VECTORS["key_of_block_0"]), event["seq"])
    assert salt.hex() == vector["salt"]
    personal = leaves.personal_part(
        UUID(event["id"]),
        leaves.person_json(event["email"], event["name"]),
        event["ip"],
        *(event[name] for name in ("vault_id", "item_id", "client", "data")),
    )
    assert personal == vector["personal_part"].encode()
    leaf = leaves.leaf(
        UUID(VECTORS["organization"]).bytes,
        event["seq"],
        microseconds(event["occurred_at"]),
        microseconds(event["received_at"]),
        event["event"],
        salt,
        personal,
    )
    assert leaf.hex() == vector["leaf"]
    assert leaf_hash(leaf).hex() == vector["leaf_hash"]


def test_it_makes_the_published_roots():
    frontier = Frontier()
    for vector in VECTORS["leaves"]:
        frontier.add([bytes.fromhex(vector["leaf_hash"])])
        assert frontier.root().hex() == vector["root"]
