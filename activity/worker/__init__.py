"""The background worker: its loop, its heartbeats, and leases on the rows that it works on."""
