"""What is measured. Each part runs in a process of its own, on the database of DATABASE_URL, and
returns plain JSON.
"""
