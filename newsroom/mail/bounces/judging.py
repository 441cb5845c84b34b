"""What the words of a mail server mean for an address: gone for good, or not for now.

A 5 at the head of a status proves little: of 358 real soft bounces 146 carry one. So the words
decide first (a full mailbox, a filter, a policy say nothing about the address), a status that
says the address does not exist second, words that say so third. What stays unclear is soft.
"""

import re
from dataclasses import dataclass, replace

from newsroom.mail.bounces.parsing import ANY_ADDRESS, Fields, Received
from newsroom.mail.models import BounceNotice

Table = list[tuple[BounceNotice.Why, re.Pattern[str]]]
Kind, Why = BounceNotice.Kind, BounceNotice.Why

# RFC 3463 with the IANA registry: bad mailbox, system or syntax of the destination; moved
# without a forwarding address; null MX (RFC 7505); the domain has no server.
GONE_CODES = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"}
# Codes that say nothing; words may still say that the address is gone.
EMPTY_CODES = {"5.0.0", "5.1.0", "5.1.351", "5.5.0", "5.5.1", "5.5.2"}
TYPE = re.compile(r"^[\w-]+; *")  # "smtp; 550 ...": RFC 3464, section 2.3.6.
REPLY = re.compile(r"^.*(?:\b[45]\d\d[ -]|\b[245]\.\d{1,3}\.\d{1,3}\b).*$", re.MULTILINE)
CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")

# Exchange Online's way of saying that its directory does not know the address.
SURELY_GONE = re.compile(r"5\.4\.1 [^\n]*recipient address rejected: access denied", re.IGNORECASE)
PASSING = (
    (
        Why.FULL,
        r"quota|(?:mail ?(?:box|folder)|inbox|account|storage|maildrop)[^.\n]{0,40}\b(?:full|exceed)"
        r"|disk (?:space|full)|(?:insufficient|out of) (?:system )?storage|too much mail"
        r"|\bover ?quota|mailbox size limit|no space left",
    ),
    (
        Why.TOO_LARGE,
        r"too (?:large|big)|(?:message|maximum|inbound)[^.\n]{0,20}\b(?:size|length)[^.\n]{0,25}"
        r"(?:exceed|limit)|exceed[^.\n]{0,30}\bsize",
    ),
    (
        Why.DISABLED,
        r"(?:account|mailbox|user|recipient)[^.\n]{0,60}\b(?:disabled|suspend|locked|inactive|blocked"
        r"|discontinued|deactivated|bloque)|on hold|not collected",
    ),
    (
        Why.REFUSED,
        r"\bspam|\bube\b|junk|virus|malware|black ?list|block ?list|deny ?list|\brbl\b|dnsbl"
        r"|reputation|polic(?:y|ies)|dmarc|dkim|\bspf\b|authenticat|authoriz|authoris|relay(?:ing)?"
        r" (?:access |not |is )?(?:denied|permitted|allowed)|no relaying|(?:access|permission) denied"
        r"|\bbanned|blocked|content (?:rejected|filter|error)|rejected (?:for|due)|reverse dns"
        r"|\bptr\b|rate limit|throttl|gr[ae]ylist|client host|sender (?:address )?(?:rejected|denied"
        r"|domain|verif)|not accepting mail from|bad sender|media error|filter|prohibit|restricted"
        r"|unauthenticated|not permitted|too many (?:recipients|connections|messages)"
        r"|inbound-smtp\.[\w-]+\.amazonaws",  # Its receiving rules answer in their owner's words.
    ),
    (
        Why.LATER,
        r"try(?:ing)? (?:again|later)|temporar|time-?d? ?out|timed out|queue too long|expired"
        r"|too many hops|hop count|loop|connection (?:refused|lost|timed)|not (?:reachable|collected)"
        r"|unable to connect|retry|deferred|resources|system error|mailer error|internal error"
        r"|congest|unavailable, |aborted after|network (?:problem|error)|too long"
        r"|within the allowed",
    ),
)
GONE = (
    (
        Why.NO_DOMAIN,
        r"(?:host|domain)[^.\n]{0,30}\b(?:unknown|not found|does ?n[o']t exist|invalid|lookup fail)"
        r"|unknown (?:host|domain)|invalid domain|(?:name|domain|host)[^\n]{0,12} not found"
        r"|could ?n[o']t find any host|unrouteable mail domain|name service error"
        r"|\bnxdomain|dns lookup failure|indicated no smtp service|no mx found",
    ),
    (
        Why.MOVED,
        r"(?:has|have|user) moved|no forwarding address|no longer (?:valid|works|employed)",
    ),
    (
        Why.NO_ADDRESS,
        r"(?:user|address|mailbox|account) not found|unknown (?:user|recipient|address|local|mailbox|account)|(?:user|recipient|address(?:ee)?|"
        r"mailbox)(?: name)?[^\n]{0,60}\b(?:unknown|not known|not listed|not recognized|not exist"
        r"|n'existe pas|does ?n[o']t exist|no longer (?:exists|valid|available))"
        r"|no such (?:user|recipient|address|mailbox|person|account)|no mailbox here|no user by that name"
        r"|invalid (?:recipient|address|mailbox|user|final delivery)|not a valid (?:user|recipient|mailbox|address)"
        r"|(?:user|recipient)[^.\n]{0,40} unbekannt|no matches to nameserver|email address is wrong"
        r"|no valid recipients|unroute?able address|no longer (?:exists|available)"
        r"|account not available|not have a final (?:e-?mail )?delivery point"
        # Outlook.com and GMX, if they say no more than that; 1&1 uses the same words for senders.
        r"|\b550 (?:5\.\d\.\d )?(?:requested (?:mail )?action not taken: )?mailbox unavailable"
        r"(?: or not local)?[. ]*(?:[(\[][^)\]\n]*[)\]][. ]*)*$"
        r"|user does ?n[o']t have an? [\w.-]+ account(?![^\n]*\[-\d)"  # Yahoo's filters add [-9].
        r"|\b(?:adresse(?! ip|[^.\n]{0,60}exp[ée]diteur)|utilisateur|destinataire)[^.\n]{0,60}"
        r"\b(?:n'existe pas|inconnue?|introuvable)"
        r"|\b(?:benutzer|empfänger(?:adresse)?|postfach)[^.\n]{0,60}\b(?:existiert nicht|unbekannt)",
    ),
)
# A server that has heard the whole message before it says that it knows no such user was asked
# by a filter; and Postfix puts these words before whatever a policy service answers.
TOO_LATE = (
    r"end of data|final data|text command|\(data\)|recipient address rejected|\b550 : user unknown"
)
# So where sendmail tells of both sides; but it sends its commands at once, and may hear after it
# that there was no recipient.
DATA_REFUSED, REFUSED, FOR_NOBODY = r">>> data\s+<<< 5", r"<<< 5\d\d", r"no valid recipients"
# Words that say enough whenever they are said: Yahoo's of every answer, Postfix's own tables.
NEVER_TOO_LATE = r"delivery error: dd |user unknown in (?:virtual|relay)[\w ]* table"

# Links and addresses are no words: "https://help.example/spam" is no verdict.
NO_WORDS = re.compile(rf"https?://\S+|{ANY_ADDRESS}", re.IGNORECASE)

FLAGS = re.IGNORECASE | re.MULTILINE
_passing: Table = [(why, re.compile(words, FLAGS)) for why, words in PASSING]
_gone: Table = [(why, re.compile(words, FLAGS)) for why, words in GONE]
_too_late = re.compile(TOO_LATE, re.IGNORECASE)
_data_refused = re.compile(DATA_REFUSED, re.IGNORECASE)
_refused, _for_nobody = re.compile(REFUSED), re.compile(FOR_NOBODY, re.IGNORECASE)
_never_too_late = re.compile(NEVER_TOO_LATE, re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What it means, why, by which status code (RFC 3463; "" if none), in which words."""

    kind: BounceNotice.Kind
    why: BounceNotice.Why
    status: str = ""
    words: str = ""


def judge_bounce(received: Received) -> Verdict:
    """What a notice of failure means: of several reports in it, the one that is mildest."""
    reports = [report for report in received.reports if not tells_of_success(report)]
    if not reports:
        return judge(received.explanation)
    verdicts = [_judge_report(report, received.explanation) for report in reports]
    return min(verdicts, key=lambda verdict: verdict.kind == Kind.HARD)


def tells_of_success(report: Fields) -> bool:
    """The actions of RFC 3464, section 2.3.3, that are no failure and no delay."""
    return report.get("action", "").lower().startswith(("delivered", "relayed", "expanded"))


def judge(words: str, *, action: str = "", beside: str = "") -> Verdict:
    """Judge what a server said, status codes among its words.

    `action` is that of RFC 3464; `beside` are words that stand near by, in which only a
    full mailbox counts.
    """
    codes = codes_in(words)
    status, plain, said = _telling(codes), NO_WORDS.sub("", words), _reply_in(words)
    if action.lower().startswith("delayed"):
        return Verdict(Kind.DELAYED, Why.LATER, status, said)
    if SURELY_GONE.search(words):
        return Verdict(Kind.HARD, Why.NO_ADDRESS, status, said)
    passing = _first(_passing, plain) or _first(_passing[:1], NO_WORDS.sub("", beside))
    if passing or any(code.startswith("4") for code in codes):
        return Verdict(Kind.SOFT, passing or Why.LATER, status, said)
    gone, telling = _first(_gone, plain), codes - EMPTY_CODES - _empty_here(words)
    if telling and telling <= GONE_CODES:
        return Verdict(Kind.HARD, gone or Why.NO_ADDRESS, status, said)
    if gone and not telling and not _is_too_late(plain, beside):
        return Verdict(Kind.HARD, gone, status, said)
    return Verdict(Kind.SOFT, Why.UNCLEAR, status, said)


def _is_too_late(plain: str, beside: str) -> bool:
    text = f"{plain}\n{beside}"
    if _never_too_late.search(plain):
        return False
    return bool(_too_late.search(text)) or _is_refused_at_data(text)


def _is_refused_at_data(text: str) -> bool:
    """Whether a server refused DATA, and said after it of no reply that there was no recipient."""
    last = _last_for_nobody(text)
    return any(found.end() > last for found in _data_refused.finditer(text))


def _last_for_nobody(text: str) -> int:
    """Where the last reply begins that says that there was no recipient; -1 if none does."""
    last, begin = -1, 0
    for line in text.split("\n"):
        for said in list(_for_nobody.finditer(line))[-1:]:
            replies = list(_refused.finditer(line, 0, said.start()))
            last = begin + replies[-1].start() if replies else last
        begin += len(line) + 1
    return last


def _empty_here(words: str) -> set[str]:
    """After 553 sendmail puts 5.3.0 before whatever its own tables say of a name."""
    return {"5.3.0"} if "553 5.3.0" in words else set()


def codes_in(text: str) -> set[str]:
    """The enhanced status codes in the text, and no network addresses."""
    return {".".join(match.groups()) for match in CODE.finditer(text)}


def _judge_report(report: Fields, explanation: str) -> Verdict:
    said = [report.get(name, "") for name in ("diagnostic-code", "status")]
    if not said[0]:
        said.append(explanation)
    said.append(report.get("reporting-mta", ""))
    words = "\n".join(filter(None, said))
    verdict = judge(words, action=report.get("action", ""), beside=explanation)
    return replace(verdict, words=TYPE.sub("", said[0])) if said[0] else verdict


def _reply_in(words: str) -> str:
    """Of a long explanation, the line that has a server's reply, if one has."""
    found = REPLY.search(words)
    return found[0] if found else words


def _first(table: Table, words: str) -> BounceNotice.Why | None:
    return next((why for why, pattern in table if pattern.search(words)), None)


def _telling(codes: set[str]) -> str:
    """The code that says most, for people to read."""
    return min(codes, key=lambda code: (code in EMPTY_CODES, code), default="")
