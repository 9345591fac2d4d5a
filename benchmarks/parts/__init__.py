"""The parts of the benchmark. Each runs in its own process on the database of DATABASE_URL and
returns JSON.
"""
