"""A name server on this machine that knows a few text records."""

import socketserver
import threading
from typing import Any, Self

import dns.message
import dns.rcode
import dns.rrset


class _Question(socketserver.BaseRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        wire, socket = self.request
        query = dns.message.from_wire(wire)
        response = dns.message.make_response(query)
        name = str(query.question[0].name).rstrip(".")
        texts = self.server.texts.get(name)
        if texts is None:
            response.set_rcode(self.server.otherwise)
        else:
            quoted = [f'"{text}"' for text in texts]
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *quoted))
        socket.sendto(response.to_wire(), self.client_address)


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True
    texts: dict[str, list[str]]
    otherwise: dns.rcode.Rcode


class NameServer:
    """Answers with the texts of a name; all else does not exist, or fails if `broken`."""

    def __init__(self, texts: dict[str, list[str]], *, broken: bool = False) -> None:
        self._server = _Server(("127.0.0.1", 0), _Question)
        self._server.texts = texts
        self._server.otherwise = dns.rcode.SERVFAIL if broken else dns.rcode.NXDOMAIN
        self.address: tuple[str, int] = ("127.0.0.1", int(self._server.server_address[1]))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
