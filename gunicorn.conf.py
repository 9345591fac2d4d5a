"""The configuration of gunicorn, which reads this file by default.

It serves with threads, because each download occupies one until it ends. Set the number of
processes with the variable WEB_CONCURRENCY.
"""

wsgi_app = "passaudit.wsgi"
worker_class = "gthread"
threads = 8
control_socket_disable = True
