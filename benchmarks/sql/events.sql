-- One chunk of events, in the order of their arrival, those of all organizations mixed. Each
-- number r0, r1... is pseudo-random, from the event's own number, so that every run is the same.
INSERT INTO activity_event (
    id, organization_id, seq, occurred_at, received_at, actor_id, event_type, ip,
    vault_id, item_id, client, source, source_id, data
)
SELECT
    (lpad(to_hex((extract(epoch FROM occurred_at) * 1000)::bigint), 12, '0')
        || '8' || substr(hash, 1, 3) || 'a' || substr(hash, 4, 15))::uuid,
    organization_id,
    seq,
    occurred_at,
    received_at,
    CASE WHEN is_system THEN first_actor
        ELSE first_actor + 1 + floor(actors * power(r1 / 2147483648.0::float8, 3))::bigint END,
    (%(codes)s::text[])[1 + r2 %% 100],
    CASE
        WHEN is_system THEN NULL
        WHEN r3 %% 1000 < 50 THEN %(office)s::inet
        WHEN r3 %% 1000 < 400
            THEN '198.51.0.0'::inet + 256 * floor(256 * power(r4 / 2147483648.0::float8, 2))::bigint + r5 %% 256
        WHEN r3 %% 1000 < 900 THEN '10.0.0.0'::inet + r4 %% 16777216
        ELSE (%(ipv6)s::inet[])[1 + r4 %% 64] + r5 %% 65536
    END,
    'v_' || r6 %% 500,
    'i_' || r6 %% 50000,
    ('{web,iOS 1.31,Proton Pass for Firefox 1.31}'::text[])[1 + r6 %% 3],
    'bench',
    n::text,
    '{}'
FROM (
    SELECT
        n, organization_id, first_actor, actors, received_at, r1, r2, r3, r4, r5, r6,
        base.seq + row_number() OVER (PARTITION BY organization_id ORDER BY n) AS seq,
        received_at - CASE
            WHEN r7 %% 100 = 0 THEN r0 %% 259200 * interval '1 second'
            ELSE r0 %% 5000 * interval '1 millisecond'
        END AS occurred_at,
        r7 %% 1000 < 10 AS is_system,
        md5(n::text) AS hash
    FROM (
        SELECT
            n,
            %(since)s::timestamptz + n * %(step)s::interval AS received_at,
            hashint8extended(n, 10) & 2147483647 AS r0,
            hashint8extended(n, 11) & 2147483647 AS r1,
            hashint8extended(n, 12) & 2147483647 AS r2,
            hashint8extended(n, 13) & 2147483647 AS r3,
            hashint8extended(n, 14) & 2147483647 AS r4,
            hashint8extended(n, 15) & 2147483647 AS r5,
            hashint8extended(n, 16) & 2147483647 AS r6,
            (hashint8extended(n, 17) & 2147483647) AS r7,
            ((hashint8extended(n, 18) & 2147483647) %% 100000)::int AS slot
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    ) AS numbers
    JOIN bench_slot USING (slot)
    JOIN bench_base AS base USING (organization_id)
    WHERE base.chunk = %(chunk)s
) AS drawn
ORDER BY n;
