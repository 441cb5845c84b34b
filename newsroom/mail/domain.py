"""What the sender's domain says in the DNS: who may send for it, and who signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import dns.exception
import dns.resolver
from django.utils.translation import gettext as _

PATIENCE = 5.0  # Seconds for each question, all servers and tries together.


class Verdict(StrEnum):
    """What is thought of a record; nothing is known where the DNS did not answer."""

    GOOD = "ok"
    WRONG = "MISSING OR WRONG"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Finding:
    """One sentence about one record."""

    record: str
    verdict: Verdict
    sentence: str


class DomainRecords:
    """Reads a domain's records; `server` is (address, port) of a name server other than usual."""

    def __init__(self, domain: str, *, server: tuple[str, int] | None = None) -> None:
        self.domain = domain
        self.resolver = dns.resolver.Resolver(configure=server is None)
        self.resolver.lifetime = PATIENCE
        if server is not None:
            self.resolver.nameservers, self.resolver.port = [server[0]], server[1]

    def findings(self, selector: str = "") -> list[Finding]:
        """SPF (RFC 7208), DKIM by its selector (RFC 6376), DMARC (RFC 7489), in this order."""
        return [self.spf(), self.dkim(selector), self.dmarc()]

    def spf(self) -> Finding:
        found = self._records("SPF", self.domain, "v=spf1")
        if isinstance(found, Finding):
            return found
        if len(found) > 1:
            return Finding(
                "SPF", Verdict.WRONG, _("There are several v=spf1 records; only one may be.")
            )
        if found[0].split()[-1].lower() in {"+all", "all"}:
            return Finding(
                "SPF", Verdict.WRONG, _("It ends in +all, so that anybody may send as you.")
            )
        return Finding("SPF", Verdict.GOOD, found[0])

    def dkim(self, selector: str) -> Finding:
        if not selector:
            sentence = _("Not looked up: name the selector that your server signs with.")
            return Finding("DKIM", Verdict.UNKNOWN, sentence)
        name = f"{selector}._domainkey.{self.domain}"
        found = self._records("DKIM", name, "")
        if isinstance(found, Finding):
            return found
        tags = _tags(found[0])
        if not tags.get("p"):
            return Finding(
                "DKIM", Verdict.WRONG, _("The key at %(name)s was revoked.") % {"name": name}
            )
        return Finding("DKIM", Verdict.GOOD, _("There is a key at %(name)s.") % {"name": name})

    def dmarc(self) -> Finding:
        """The domain's own record; else that of the next domain above that has one."""
        missing = []
        for domain in _from_here_up(self.domain):
            found = self._records("DMARC", f"_dmarc.{domain}", "v=dmarc1")
            if not isinstance(found, Finding):
                return self._dmarc_policy(domain, found[0])
            if found.verdict == Verdict.UNKNOWN:
                return found
            missing.append(found)
        return missing[0]

    def _dmarc_policy(self, domain: str, record: str) -> Finding:
        """Of a domain above `sp` holds, or `p` if that is not said (RFC 7489, section 6.3)."""
        tags, sentence = _tags(record), record
        policy = tags.get("p", "")
        if domain != self.domain:
            policy = tags.get("sp", policy)
            sentence = _("By the record of %(domain)s: ") % {"domain": domain} + record
        if policy not in {"none", "quarantine", "reject"}:
            return Finding(
                "DMARC", Verdict.WRONG, _("The record names no policy (p=): ") + sentence
            )
        return Finding("DMARC", Verdict.GOOD, sentence)

    def _records(self, record: str, name: str, begin: str) -> list[str] | Finding:
        """The text records at that name which begin so; what is wrong if there are none."""
        missing = _("There is no record at %(name)s.") % {"name": name}
        try:
            answer = self.resolver.resolve(name, "TXT")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Finding(record, Verdict.WRONG, missing)
        except dns.exception.DNSException:
            sentence = _("The DNS did not answer for %(name)s; nothing is known.") % {"name": name}
            return Finding(record, Verdict.UNKNOWN, sentence)
        texts = [b"".join(row.strings).decode(errors="replace") for row in answer]
        found = [text for text in texts if text.lower().startswith(begin)]
        return found or Finding(record, Verdict.WRONG, missing)


def _from_here_up(domain: str) -> Iterator[str]:
    """The domain and those above, up to two names: the organisation's is among them."""
    names = domain.split(".")
    yield domain
    yield from (".".join(names[n:]) for n in range(1, len(names) - 1))


def _tags(text: str) -> dict[str, str]:
    """`tag=value; tag=value` (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}
