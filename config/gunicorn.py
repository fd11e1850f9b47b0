"""gunicorn in production, behind a buffering proxy: gunicorn -c config/gunicorn.py portal.wsgi:app"""

import multiprocessing
import os

bind = os.environ.get("BIND", "0.0.0.0:8000")  # inside a container; the proxy is what listens outside
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count()))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None  # the portal writes its own line, without addresses and paths
control_socket_disable = True
