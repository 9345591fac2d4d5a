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
