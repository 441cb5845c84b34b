"""Who gets no list mail, and why."""

from collections.abc import Iterable

from newsroom.mail.addresses import digest
from newsroom.mail.models import Address, Suppression


def suppression_of(address: Address) -> Suppression.Reason | None:
    """Why this address gets no list mail; None if it may."""
    if address.compared is None:
        return None
    found = Suppression.objects.filter(digest=digest(address.compared)).first()
    return Suppression.Reason(found.reason) if found else None


def suppressed(compared: Iterable[str | None]) -> dict[str | None, str]:
    """Of these addresses the ones that get no list mail, and why; one query for all."""
    digests = {digest(each): each for each in compared if each is not None}
    found = Suppression.objects.filter(digest__in=digests)
    return {digests[row.digest]: f"Suppressed: {row.get_reason_display()}." for row in found}


def suppress(address: Address, reason: str, evidence: str = "") -> None:
    """Write it down. A complaint outweighs a bounce, a bounce a leaving; never the other way."""
    if address.compared is None:
        return
    weight = [choice.value for choice in Suppression.Reason]
    found, made = Suppression.objects.get_or_create(
        digest=digest(address.compared),
        defaults={"reason": reason, "evidence": evidence, "address": address},
    )
    if not made and weight.index(reason) > weight.index(found.reason):
        Suppression.objects.filter(pk=found.pk).update(reason=reason, evidence=evidence)


def lift(address: Address, *reasons: str) -> None:
    """Take it back, if it was for one of these reasons."""
    if address.compared is not None:
        known = Suppression.objects.filter(digest=digest(address.compared))
        known.filter(reason__in=reasons).delete()
