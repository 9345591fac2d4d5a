from django.db import migrations

from activity.event_types import BEYOND, EVENT_TYPES, MAX_COUNTED_CODES


def fold(apps, schema_editor):
    """Count the rarest codes together in logs that have too many."""
    for head in apps.get_model("activity", "LogHead").objects.iterator(chunk_size=20):
        if len(head.type_counts) <= MAX_COUNTED_CODES:
            continue
        counts = {**dict.fromkeys(EVENT_TYPES.codes(), 0), **head.type_counts}
        others = sorted(counts.keys() - EVENT_TYPES.codes(), key=lambda code: -counts[code])
        counted = {*EVENT_TYPES.codes(), *others[: MAX_COUNTED_CODES - len(EVENT_TYPES)]}
        head.type_counts = _folded(counts, counted)
        head.save(update_fields=["type_counts"])
        days = apps.get_model("activity", "LogDay").objects
        for day in days.filter(organization=head.organization_id).iterator(chunk_size=20):
            day.type_counts = _folded(day.type_counts, counted)
            day.hours = {hour: _folded(counts, counted) for hour, counts in day.hours.items()}
            day.save(update_fields=["type_counts", "hours"])


def _folded(counts, counted):
    kept = {code: number for code, number in counts.items() if code in counted}
    beyond = sum(counts.values()) - sum(kept.values())
    return {**kept, BEYOND: beyond} if beyond else kept


class Migration(migrations.Migration):
    dependencies = [("activity", "0003_planner_statistics")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
