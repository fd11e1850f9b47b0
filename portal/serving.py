"""The web server: gunicorn with threads in one process, and in the embedded default the background loop beside them."""

from contextlib import ExitStack
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from config.settings import Settings
from portal import create_app, demo, set_up
from workflows import tasks, worker

LOOP_THREADS = 2


class Portal(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
    """gunicorn, told what to serve by the settings instead of a file."""

    def __init__(self, settings: Settings, host: str, port: int, threads: int, *, demo: bool) -> None:
        self.settings, self.address, self.threads, self.demo = settings, f"{host}:{port}", threads, demo
        self.stack = ExitStack()
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self.address, "workers": 1, "threads": self.threads, "worker_class": "gthread",
            "timeout": 60, "graceful_timeout": 10, "loglevel": "warning", "control_socket_disable": True,
            "post_worker_init": self.begin, "worker_exit": self.end,
        }  # fmt: skip
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        set_up.connect(self.settings)
        app = create_app(self.settings)
        if self.demo:
            app.config["DEMO_ACCOUNTS"] = [{**account, "password": demo.PASSWORD} for account in demo.ACCOUNTS]
        return app

    def begin(self, process: Any) -> None:
        """After the fork: threads do not survive one, so the loop starts here."""
        if self.settings.embedded:
            self.stack.enter_context(worker.loop(tasks.work_off, LOOP_THREADS))

    def end(self, server: Any, process: Any) -> None:
        self.stack.close()
