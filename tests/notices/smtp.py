"""A mail server on this machine that answers as a test wants it to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            if not self._answer(line.partition(" ")[0].lower()):
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _answer(self, verb: str) -> bool:
        if verb == "data":
            self._take()
        elif verb == "rcpt":
            self._say(self.server.reply)
        else:
            self._say("221 bye" if verb == "quit" else "250 fine")
        return verb != "quit"

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.mails.append(b"".join(lines))
        self._say("250 taken")


class Server(socketserver.ThreadingTCPServer):
    """``reply`` is what it says to a recipient; ``mails`` is what it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.reply = "250 fine"
        self.mails: list[bytes] = []


@contextmanager
def smtp_server(settings: Any) -> Iterator[Server]:
    """Run a server, and let Django send by it."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield server
        server.shutdown()
