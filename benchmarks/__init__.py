"""What passaudit costs, beside the stock admin, stock import-export and psql: `make bench`.

Nothing here is part of the site. Every comparison is made within one run, in alternating order;
stock import-export, which takes minutes, has one turn.
"""
