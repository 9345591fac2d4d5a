-- How far each organization's sequence is when a chunk begins.
CREATE UNLOGGED TABLE bench_base AS
SELECT
    chunk,
    organization_id,
    (sum(number) OVER (PARTITION BY organization_id ORDER BY chunk) - number)::bigint AS seq
FROM (
    SELECT ((n - 1) / %(chunk)s::bigint)::int AS chunk, organization_id, count(*) AS number
    FROM generate_series(1, %(events)s::bigint) AS n
    JOIN bench_slot ON slot = (hashint8extended(n, 18) & 2147483647) %% 100000
    GROUP BY 1, 2
) AS counted;
