"""Compare passaudit with the stock admin, stock import-export and psql: `make bench`.

This package is not part of the site. Each comparison is made within one run, in alternating order.
Stock import-export takes minutes and is measured once.
"""
