-- The events are not in the trees of their logs.
INSERT INTO activity_loghead (
    organization_id, size, type_counts, earliest, latest, time_zone,
    has_former_ids, uuid, hashed, frontier, salt_key
)
SELECT
    organization_id, sum(number), jsonb_object_agg(event_type, number), min(earliest), max(latest), 'UTC',
    false, gen_random_uuid(), 0, '', ''
FROM (
    SELECT organization_id, event_type, sum(number)::bigint AS number,
        min(earliest) AS earliest, max(latest) AS latest
    FROM bench_counted GROUP BY 1, 2
) AS by_type
GROUP BY 1;

UPDATE organizations_organization
SET last_activity_at = latest
FROM activity_loghead WHERE organization_id = id;
