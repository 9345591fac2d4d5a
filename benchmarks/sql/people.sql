-- Organizations, and their actors: 0 is the system, then the active ones, then those who never acted.
INSERT INTO organizations_organization (id, name, slug, plan, time_zone, created_at)
SELECT pk, 'Organization ' || pk, 'org-' || pk, 'professional', 'UTC', now() - interval '2 years'
FROM bench_customer ORDER BY pk;

SELECT setval(pg_get_serial_sequence('organizations_organization', 'id'), max(pk))
FROM bench_customer;

INSERT INTO activity_actor (id, organization_id, email, name, email_key, search_key)
SELECT first_actor + number, pk, email, name, email, email || E'\n' || lower(name)
FROM (
    SELECT
        pk, first_actor, number,
        CASE
            WHEN number = 0 THEN ''
            WHEN number > actors THEN 'u' || number || '.dormant@former.example'
            WHEN number IN (1001, 8001, 15001) THEN 'u' || number || '.trio@org-' || pk || '.example'
            WHEN number % 28 = 5 AND number / 28 < 700
                THEN 'u' || number || '.finance@org-' || pk || '.example'
            ELSE 'u' || number || '@org-' || pk || '.example'
        END AS email,
        CASE WHEN number = 0 THEN '' ELSE
            ('{Dana,Ana,Boris,Chen,Divya,Emre,Fatima,Goran,Hana,Ivo}'::text[])[1 + number % 10] || ' '
            || ('{Weiss,Kovač,Okafor,Larsen,Haddad,Novák,Moreau,Sato}'::text[])[1 + number / 10 % 8]
        END AS name
    FROM bench_customer, generate_series(0, actors + dormant) AS number
) AS people
ORDER BY pk, number;

SELECT setval(pg_get_serial_sequence('activity_actor', 'id'), max(id)) FROM activity_actor;
ANALYZE activity_actor;
