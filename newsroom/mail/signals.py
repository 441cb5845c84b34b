"""News of the post room. Sent by services, inside the transaction of the fact."""

from django.dispatch import Signal

address_left = Signal()  # address; wish: the key of the mailing; everything: bool
address_returned = Signal()  # address: undid its leaving
