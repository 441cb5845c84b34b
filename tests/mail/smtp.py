"""A mail server on this machine that answers as it is told."""

import socketserver
import threading
from copy import deepcopy
from typing import Any, Self

HANG_UP = "hang up"
BEGUN = "begun"


class Conversation(socketserver.StreamRequestHandler):
    """Just enough SMTP (RFC 5321) to take, refuse, defer, or hang up at a chosen step."""

    server: "_Server"

    def handle(self) -> None:
        told, self.open_mail = self.server.told, ""
        if told.connections >= told.most:
            self.say("421 4.7.0 too many connections from your address")
            return
        told.connections += 1
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            told.heard.append(line)
            reply = self.answer(line.upper(), told.reply_to(line))
            if reply == HANG_UP:
                return
            self.note(line.upper(), reply)
            self.say(reply)
            if line.upper() == "QUIT" or reply.startswith("421"):
                return

    def answer(self, line: str, wanted: str) -> str:
        told = self.server.told
        if not told.pipelining and self.heard_more():
            return HANG_UP  # It was asked to speak only when spoken to.
        if line.startswith("EHLO") and told.pipelining:
            return "250-test\r\n250 PIPELINING"
        if line.startswith("MAIL") and self.open_mail:
            return "503 nested MAIL command"
        return self.take(wanted) if line == "DATA" else wanted

    def heard_more(self) -> bool:
        """Whether something was said before the answer to the last line."""
        self.connection.settimeout(0)
        more = self.rfile.peek(1)  # type: ignore[attr-defined]  # A BufferedReader.
        self.connection.settimeout(None)
        return bool(more)

    def note(self, line: str, reply: str) -> None:
        if line.startswith("MAIL") and reply.startswith("250"):
            self.open_mail = BEGUN
        elif line.startswith("RCPT") and reply.startswith("25"):
            self.open_mail = line.partition("<")[2].rstrip(">").lower()
        elif line in {"RSET", "DATA"}:
            self.open_mail = ""

    def take(self, reply: str) -> str:
        """Hear the message out if it may come; the answer to its dot."""
        for_nobody = self.open_mail in {"", BEGUN}
        if for_nobody and not self.server.told.lax:
            return "554 no valid recipients"
        if not reply.startswith("250"):
            return reply
        self.say("354 go on")
        content = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            content.append(line)
        if not line:
            return HANG_UP  # The client hung up in the middle.
        if for_nobody:
            return "554 no valid recipients"
        reply = self.server.told.reply_to(".")
        if reply.startswith("250"):
            self.server.told.taken.append(self.open_mail)
            self.server.told.contents.append(b"".join(content))
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

    def __init__(
        self,
        replies: dict[str, str | list[str]] | None = None,
        *,
        pipelining: bool = False,
        lax: bool = False,
    ) -> None:
        self.replies = deepcopy(replies or {})
        self.pipelining = pipelining
        self.most = 1_000  # Connections that are let in.
        self.lax = lax  # Says 354 to DATA though nobody would get the message.
        self.taken: list[str] = []  # The recipients, as often as a message for them was taken.
        self.contents: list[bytes] = []  # What they were, as it came (dots doubled).
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
