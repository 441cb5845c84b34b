"""A mail server on this machine that answers as it is told."""

import socketserver
import threading
from typing import Any, Self

HANG_UP = "hang up"


class Conversation(socketserver.StreamRequestHandler):
    """Just enough SMTP (RFC 5321) to take, refuse, defer, or hang up at a chosen step."""

    server: "_Server"

    def handle(self) -> None:
        self.server.told.connections += 1
        self.open_mail = ""
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            self.server.told.heard.append(line)
            reply = self.server.told.reply_to(line)
            if line.upper().startswith("MAIL") and self.open_mail:
                reply = "503 nested MAIL command"
            if line.upper() == "DATA":
                reply = self.take(reply)
            if reply == HANG_UP:
                return
            self.note(line.upper())
            self.say(reply)
            if line.upper() == "QUIT" or reply.startswith("421"):
                return

    def note(self, line: str) -> None:
        if line.startswith("MAIL"):
            self.open_mail = "begun"
        elif line.startswith("RCPT"):
            self.open_mail = line.partition("<")[2].rstrip(">").lower()
        elif line in {"RSET", "DATA"}:
            self.open_mail = ""

    def take(self, reply: str) -> str:
        """Hear the message out if it may come; the answer to its dot."""
        if not reply.startswith("250"):
            return reply
        self.say("354 go on")
        while self.rfile.readline() not in {b".\r\n", b""}:
            pass
        reply = self.server.told.reply_to(".")
        if reply.startswith("250"):
            self.server.told.taken.append(self.open_mail)
        return reply

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    told: "SmtpServer"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed: that is what is being tested."""


class SmtpServer:
    """Takes every message, but for what `replies` says of a line, a verb, or the dot.

    A list of replies is used up one by one; then it agrees again.
    """

    def __init__(self, replies: dict[str, str | list[str]] | None = None) -> None:
        self.replies = replies or {}
        self.taken: list[str] = []  # The recipients, as often as a message for them was taken.
        self.heard: list[str] = []
        self.connections = 0
        self._server = _Server(("127.0.0.1", 0), Conversation)
        self._server.told = self
        self.port = int(self._server.server_address[1])

    def reply_to(self, line: str) -> str:
        verb = line.partition(" ")[0].upper()
        wanted = self.replies.get(line, self.replies.get(verb, "250 ok"))
        if isinstance(wanted, list):
            return wanted.pop(0) if wanted else "250 ok"
        return wanted

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
