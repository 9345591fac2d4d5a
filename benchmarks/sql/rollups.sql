-- What recording keeps beside the events. All organizations live by UTC here.
CREATE UNLOGGED TABLE bench_counted AS
SELECT
    organization_id,
    (occurred_at AT TIME ZONE 'UTC')::date AS day,
    extract(hour FROM occurred_at AT TIME ZONE 'UTC')::int AS hour,
    event_type,
    count(*) AS number,
    min(occurred_at) AS earliest,
    max(occurred_at) AS latest
FROM activity_event
GROUP BY 1, 2, 3, 4;

INSERT INTO activity_loghead (organization_id, size, type_counts, earliest, latest, time_zone)
SELECT organization_id, sum(number), jsonb_object_agg(event_type, number), min(earliest), max(latest), 'UTC'
FROM (
    SELECT organization_id, event_type, sum(number)::bigint AS number,
        min(earliest) AS earliest, max(latest) AS latest
    FROM bench_counted GROUP BY 1, 2
) AS by_type
GROUP BY 1;

UPDATE organizations_organization
SET last_activity_at = latest
FROM activity_loghead WHERE organization_id = id;

INSERT INTO activity_logday (organization_id, day, type_counts, hours)
SELECT organization_id, day, type_counts, hours
FROM (
    SELECT organization_id, day, jsonb_object_agg(event_type, number) AS type_counts
    FROM (
        SELECT organization_id, day, event_type, sum(number)::bigint AS number
        FROM bench_counted GROUP BY 1, 2, 3
    ) AS by_type
    GROUP BY 1, 2
) AS types
JOIN (
    SELECT organization_id, day, jsonb_object_agg(hour, counts) AS hours
    FROM (
        SELECT organization_id, day, hour, jsonb_object_agg(event_type, number) AS counts
        FROM bench_counted GROUP BY 1, 2, 3
    ) AS by_hour
    GROUP BY 1, 2
) AS hours USING (organization_id, day);

DROP TABLE bench_counted, bench_base, bench_slot, bench_customer;
