"""`manage.py send_test_mail ADDRESS`: whether mail leaves, and what receivers will think of it."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from newsroom.mail.domain import DomainRecords, Finding
from newsroom.mail.errors import AddressError
from newsroom.mail.messages import from_domain
from newsroom.mail.trial import send_trial


class Command(BaseCommand):
    help = "Send one message, showing each step, and look up SPF, DKIM and DMARC."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="to whom the message goes")
        parser.add_argument("--selector", default="", help="the DKIM selector of your mail server")
        parser.add_argument("--dns", metavar="HOST:PORT", help="a name server other than usual")

    def handle(
        self, *args: Any, address: str, selector: str, dns: str | None, **options: Any
    ) -> None:
        try:
            accepted = send_trial(address.strip(), self.stdout.write)
        except AddressError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"\nWhat the DNS says of {from_domain()}:")
        for finding in DomainRecords(from_domain(), server=_server(dns)).findings(selector):
            self._tell(finding)
        if not accepted:
            raise CommandError("The message was not accepted; the last lines above say why.")
        self.stdout.write("\nThe message was accepted.")

    def _tell(self, finding: Finding) -> None:
        self.stdout.write(f"  {finding.record:<6}{finding.verdict}: {finding.sentence}")


def _server(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise CommandError("--dns is a host and a port, such as 127.0.0.1:53.")
    return host, int(port)
