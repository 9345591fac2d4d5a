DROP TABLE bench_counted, bench_base, bench_slot, bench_customer;
