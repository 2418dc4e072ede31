"""A stand-in for the virus scanner: a server that speaks its protocol and knows one virus."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.documents.hostile import EICAR


class _Talk(socketserver.StreamRequestHandler):
    server: "Clamd"

    def handle(self) -> None:
        start = self.rfile.read(1)
        command = self._until(b"\0" if start == b"z" else b"\n")
        if command == b"PING":
            self.wfile.write(b"PONG\n")
        elif command == b"INSTREAM":
            self.wfile.write(self.server.verdict(self._stream()) + b"\n")

    def _until(self, end: bytes) -> bytes:
        found = b""
        while (sign := self.rfile.read(1)) not in (end, b""):
            found += sign
        return found

    def _stream(self) -> bytes:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        return content


class Clamd(socketserver.ThreadingTCPServer):
    """The server; ``seen`` holds what it was sent, ``mood`` an answer that it gives to everything."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.seen: list[bytes] = []
        self.mood = b""

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"

    def verdict(self, content: bytes) -> bytes:
        self.seen.append(content)
        return self.mood or (b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK")


@contextmanager
def clamd() -> Iterator[Clamd]:
    """Run a scanner."""
    with Clamd() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def infected(document: bytes) -> bytes:
    """Return a PDF that is whole and has the virus in it, as a comment."""
    head, rest = document.split(b"\n", 1)
    return head + b"\n%" + EICAR + b"\n" + rest
