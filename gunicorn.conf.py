"""The configuration of gunicorn, which reads this file by default.

It serves with threads, because each download occupies one until it ends. Set the number of
processes with the variable WEB_CONCURRENCY.
"""

from passaudit.starting import load_settings

load_settings()  # before the processes start, which would each report wrong settings

wsgi_app = "passaudit.wsgi"
worker_class = "gthread"
threads = 8
control_socket_disable = True
