-- The share of one worker.
INSERT INTO activity_logday (organization_id, day, type_counts, hours)
SELECT organization_id, day, type_counts, hours
FROM (
    SELECT organization_id, day, jsonb_object_agg(event_type, number) AS type_counts
    FROM (
        SELECT organization_id, day, event_type, sum(number)::bigint AS number
        FROM bench_counted WHERE organization_id %% %(workers)s = %(worker)s GROUP BY 1, 2, 3
    ) AS by_type
    GROUP BY 1, 2
) AS types
JOIN (
    SELECT organization_id, day, jsonb_object_agg(hour, counts) AS hours
    FROM (
        SELECT organization_id, day, hour, jsonb_object_agg(event_type, number) AS counts
        FROM bench_counted WHERE organization_id %% %(workers)s = %(worker)s GROUP BY 1, 2, 3
    ) AS by_hour
    GROUP BY 1, 2
) AS hours USING (organization_id, day);
