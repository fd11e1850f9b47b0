"""The web server of the embedded default: waitress, with the background loop beside it in the same process.

waitress reads a request wholly before it takes a thread, so slow clients stop nobody; and it never forks, which the
threads of the PDF maker would not survive.
"""

from waitress import serve

from config.settings import Settings
from portal import create_app, demo
from workflows import tasks, worker

LOOP_THREADS = 2
CONNECTIONS = 800
"""Open at the same time; more wait in the queue of the operating system."""
SILENCE = 60
"""Seconds after which a client that says nothing more is let go."""


def run(settings: Settings, host: str, port: int, threads: int, *, with_demo_accounts: bool) -> None:
    """Serve until stopped. Without Redis the background work runs here too."""
    app = create_app(settings)
    if with_demo_accounts:
        app.config["DEMO_ACCOUNTS"] = [{**account, "password": demo.PASSWORD} for account in demo.ACCOUNTS]
    options = {
        "host": host, "port": port, "threads": threads, "ident": "", "clear_untrusted_proxy_headers": False,
        "connection_limit": CONNECTIONS, "channel_timeout": SILENCE, "cleanup_interval": 10,
        "asyncore_use_poll": True, "max_request_body_size": 8 * settings.upload_limit,
    }  # fmt: skip
    if not settings.embedded:
        serve(app, **options)
        return
    with worker.loop(tasks.work_off, LOOP_THREADS):
        serve(app, **options)
