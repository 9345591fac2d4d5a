"""How gunicorn serves the site; it reads this file by itself.

Threads, because a download holds one for as long as it takes. The number of processes is the
environment's to say: WEB_CONCURRENCY.
"""

wsgi_app = "passaudit.wsgi"
worker_class = "gthread"
threads = 8
control_socket_disable = True
