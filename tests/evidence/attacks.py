"""What somebody with all rights on the database can do to a log."""

from django.db import connection

from activity.evidence import append_only


def tamper(*statements: str) -> None:
    """Run SQL past the triggers."""
    with append_only.lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def swap(one: int, other: int) -> None:
    tamper(
        f"UPDATE activity_event SET seq = -1 WHERE seq = {one}",
        f"UPDATE activity_event SET seq = {one} WHERE seq = {other}",
        f"UPDATE activity_event SET seq = {other} WHERE seq = -1",
    )


def renumber(first: int, step: int) -> None:
    """Add `step` to the numbers of all events from `first` on."""
    tamper(
        f"UPDATE activity_event SET seq = -seq WHERE seq >= {first}",
        f"UPDATE activity_event SET seq = -seq + {step} WHERE seq < 0",
    )


def remove(seq: int) -> None:
    """Remove an event so that the numbers have no gap and the head agrees."""
    tamper(f"DELETE FROM activity_event WHERE seq = {seq}")
    renumber(seq + 1, -1)


def insert(seq: int, *, copy_of: int) -> None:
    """Insert an event as number `seq`."""
    renumber(seq, 1)
    columns = (
        "organization_id, occurred_at, received_at, actor_id, event_type, ip, vault_id, item_id, "
        "client, source, source_id, data"
    )
    tamper(
        f"INSERT INTO activity_event (id, seq, {columns}) "
        f"SELECT '0190a0e3cc1e8abc8abcabcabcabcabc', {seq}, {columns} "
        f"FROM activity_event WHERE seq = {copy_of}"
    )
