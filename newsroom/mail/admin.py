"""Where Django looks for the room's admin; it stands in the package `desk`."""

from newsroom.mail.desk.addresses import AddressAdmin, BounceNoticeAdmin, SuppressionAdmin
from newsroom.mail.desk.deliveries import DeliveryAdmin
from newsroom.mail.desk.mailings import MailingAdmin

__all__ = [
    "AddressAdmin",
    "BounceNoticeAdmin",
    "DeliveryAdmin",
    "MailingAdmin",
    "SuppressionAdmin",
]
