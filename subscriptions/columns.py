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
    "emailmarketingstatus", "emailsubscriptionstatus",
    "abostatus", "abonnementstatus", "emailabonnement", "anmeldestatus",
    "statut", "etat", "statutdelabonnement", "statutabonnement", "abonnementemail",
    "estado", "estadodelasuscripcion", "estadodesuscripcion", "suscripcionporcorreoelectronico",
}  # fmt: skip
LEFT = {
    "left", "unsubscribed", "unsubscribe", "cleaned", "bounced", "complained", "complaint",
    "blocklisted", "blacklisted",
    "disabled", "optedout", "suppressed", "deleted", "blocked", "notsubscribed", "notsending",
    "abgemeldet", "ausgetragen", "nichtabonniert", "nichtversendet", "bereinigt", "gesperrt",
    "geloscht", "gekundigt",
    "desabonne", "desabonnee", "desinscrit", "desinscrite", "nonabonne", "nonabonnee", "nettoye",
    "nettoyee", "bloque",
    "bloquee", "supprime", "supprimee",
    "baja", "debaja", "dadodebaja", "desuscrito", "cancelado", "nosuscrito", "limpiado",
    "bloqueado", "eliminado",
    "rebotado",
}  # fmt: skip
UNCONFIRMED = {
    "pending", "unconfirmed", "notconfirmed", "notyetconfirmed", "nonsubscribed",
    "unbestatigt", "nichtbestatigt", "ausstehend",
    "nonconfirme", "nonconfirmee", "enattente",
    "noconfirmado", "sinconfirmar", "pendiente",
}  # fmt: skip
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
