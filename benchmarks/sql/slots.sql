CREATE UNLOGGED TABLE bench_slot (
    slot int PRIMARY KEY, organization_id bigint, first_actor bigint, actors bigint
);
