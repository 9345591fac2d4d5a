CREATE UNLOGGED TABLE bench_customer (
    pk bigint PRIMARY KEY, first_actor bigint, actors bigint, dormant bigint
);
