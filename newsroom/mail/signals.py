"""News of the post room. Sent by services, inside the transaction of the fact."""

from django.dispatch import Signal

address_left = Signal()  # address; everything: bool; wish: the key the link was sent for
