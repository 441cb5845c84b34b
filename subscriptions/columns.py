"""Names of columns and values in lists of people, as other programs write them.

Those are Mailchimp, Ghost, WordPress (Jetpack, MailPoet, Newsletter), listmonk, Substack and this
site, in English, German, French and Spanish, and spreadsheets that put TRUE into their language.
All stand here bare: without capitals, accents, spaces and marks.
"""

import unicodedata
from collections.abc import Sequence

from subscriptions.models import ImportLine

Standing = ImportLine.Standing

EMAIL = {
    "email", "emails", "emailaddress", "mail", "mailaddress", "subscriberemail", "useremail",
    "contactemail",
    "emailadresse", "mailadresse", "emailadressen",
    "adresseemail", "adressemail", "adressedemail", "adressedecourriel", "adresseelectronique",
    "adressecourriel", "courriel",
    "correo", "correoelectronico", "direcciondecorreo", "direcciondecorreoelectronico",
    "direcciondeemail",
    "direccionemail",
}  # fmt: skip
STATUS = {
    "status", "state", "subscriptionstatus", "emailstatus", "subscriberstatus",
    "emailsubscription",
    "emailmarketingstatus", "emailsubscriptionstatus", "emailsubscriberstatus",
    "globalstatus", "liststatus",
    "abostatus", "abonnementstatus", "emailabonnement", "anmeldestatus",
    "statut", "etat", "statutdelabonnement", "statutabonnement", "abonnementemail",
    "estado", "estadodelasuscripcion", "estadodesuscripcion", "suscripcionporcorreoelectronico",
}  # fmt: skip
ALSO_PLACES = {"state", "etat", "estado"}  # In a list with postal addresses: California, Jalisco.
# The single letters are those of Newsletter, which stand in its column Status.
SUBSCRIBED = {
    "c", "subscribed", "active", "confirmed", "enabled", "verified", "optin", "optedin",
    "free", "paid", "comped",
    "abonniert", "angemeldet", "aktiv", "bestatigt",
    "abonne", "abonnee", "inscrit", "inscrite", "actif", "confirme", "confirmee",
    "suscrito", "suscrita", "activo", "activa", "confirmado", "confirmada",
}  # fmt: skip
LEFT = {
    "u", "b", "p",
    "left", "unsubscribed", "unsubscribe", "cleaned", "bounced", "complained", "complaint",
    "blocklisted", "blacklisted",
    "disabled", "optedout", "suppressed", "deleted", "blocked", "notsubscribed", "notsending",
    "inactive", "cancelled", "canceled", "junk", "spam", "markedasspam", "invalid",
    "abgemeldet", "ausgetragen", "nichtabonniert", "nichtversendet", "bereinigt", "gesperrt",
    "geloscht", "gekundigt", "inaktiv",
    "desabonne", "desabonnee", "desinscrit", "desinscrite", "nonabonne", "nonabonnee", "nettoye",
    "nettoyee", "bloque",
    "bloquee", "supprime", "supprimee", "inactif",
    "baja", "debaja", "dadodebaja", "desuscrito", "cancelado", "nosuscrito", "limpiado",
    "bloqueado", "eliminado",
    "rebotado", "inactivo",
}  # fmt: skip
UNCONFIRMED = {
    "s", "pending", "unconfirmed", "notconfirmed", "notyetconfirmed", "nonsubscribed",
    "neversubscribed", "awaitingconfirmation",
    "unbestatigt", "nichtbestatigt", "ausstehend",
    "nonconfirme", "nonconfirmee", "enattente",
    "noconfirmado", "sinconfirmar", "pendiente",
}  # fmt: skip
KNOWN = SUBSCRIBED | LEFT | UNCONFIRMED
YES = {
    "true", "yes", "1", "t", "y", "ja", "wahr", "oui", "vrai", "si", "verdadero",
}  # fmt: skip
NO = {"false", "no", "0", "f", "n", "nein", "falsch", "non", "faux", "falso"}
LEFT_IF_YES = {
    "unsubscribed", "emaildisabled", "optedout", "optout", "abgemeldet", "desabonne",
    "desinscrit", "baja",
}  # fmt: skip
LEFT_IF_NO = {
    "subscribed", "subscribedtoemails", "subscribedtoemail", "abonniert", "abonne", "inscrit",
    "suscrito",
}  # fmt: skip
LEFT_IF_FILLED = {
    "unsubscribedat", "deletedat", "unsubtime", "unsubscribedon", "leftat", "suppressed",
    "cleantime",
    "abgemeldetam", "datededesinscription", "datededesabonnement", "fechadebaja",
}  # fmt: skip
UNCONFIRMED_IF_NO = {
    "confirmed", "emailconfirmed", "doubleoptin", "bestatigt", "confirme", "confirmado",
}  # fmt: skip


def bare(cell: str) -> str:
    """The name bare: `E-Mail-Adresse` is `emailadresse`, `Dirección` is `direccion`."""
    apart = unicodedata.normalize("NFKD", cell.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


def standing_of(cells: Sequence[str], names: Sequence[str]) -> str:
    """What the list itself says of the person: whoever left there must not come in here.

    `names` are the bare names of the columns.
    """
    said = {_said(name, bare(cell)) for name, cell in zip(names, cells, strict=False)}
    return next((found for found in (Standing.LEFT, Standing.UNCONFIRMED) if found in said), "")


def unknown_status(cells: Sequence[str], names: Sequence[str]) -> str:
    """What a column says of the person in a word that is none of these; "" if there is none.

    Whether mail is wanted is then not known, so it must not be taken for granted.
    """
    for name, cell in zip(names, cells, strict=False):
        value = bare(cell)
        if name in STATUS - ALSO_PLACES and cell.strip() and value not in KNOWN:
            return cell.strip()
    return ""


def _said(name: str, value: str) -> str:
    left = (
        (name in STATUS and value in LEFT)
        or (name in LEFT_IF_YES and value in YES)
        or (name in LEFT_IF_NO and value in NO)
        or (name in LEFT_IF_FILLED and bool(value) and value not in NO)
    )
    if left:
        return Standing.LEFT
    waits = (name in STATUS and value in UNCONFIRMED) or (
        name in UNCONFIRMED_IF_NO and value in NO
    )
    return Standing.UNCONFIRMED if waits else Standing.NOTHING
