"""A mail server that takes some mails, refuses some, and hangs up at every stage it can; it remembers what it took."""

import os
import random
import signal
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

STAGES = ("hello", "MAIL", "RCPT", "DATA", "half", "content", "refused", "later", "kill before", "kill after")


@dataclass
class Sink:
    """What was taken, by Message-ID: a content that arrived whole, whether or not the sender was told."""

    port: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    share: float = 0.6
    """How many of all connections meet a fault."""
    victim: int | None = None
    """The process that is killed in the middle of handing over a mail, where the fault is that."""

    def kill(self) -> None:
        if self.victim is not None:
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)


@contextmanager
def sink(seed: int) -> Iterator[Sink]:
    """A mail server for the length of a block."""
    found, chance = Sink(), random.Random(seed)
    lock = threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            with lock:
                fault = chance.choice(STAGES) if chance.random() < found.share else ""
                found.faults += bool(fault)
            try:
                self.talk(fault)
            except (ConnectionError, BrokenPipeError):  # the sender was killed
                return

        def talk(self, fault: str) -> None:
            if fault == "hello":
                return
            self.say("220 sink")
            for line in self.rfile:
                command = line.decode("ascii", "replace").split()[0].upper()
                if command == fault:
                    return
                if command == "DATA":
                    self.say("354 go on")
                    if not self.content(fault):
                        return
                elif command == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def content(self, fault: str) -> bool:
            """Take a content; False where the connection ends with it."""
            lines = []
            for line in self.rfile:
                if line == b".\r\n":
                    break
                lines.append(line)
                if fault == "half":
                    return False
            else:
                return False  # the sender was killed half-way: nothing arrived
            if fault in ("refused", "later"):
                self.say("554 no" if fault == "refused" else "451 later")
                return True
            if fault == "kill before":
                found.kill()
                return False
            head = next(line for line in lines if line.lower().startswith(b"message-id:"))
            with lock:
                found.taken[head.split(b":", 1)[1].strip().decode()] += 1
            if fault == "kill after":
                found.kill()
            if fault == "content":
                return False
            self.say("250 taken")
            return True

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()
