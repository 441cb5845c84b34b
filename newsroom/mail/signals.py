"""News of the post room. Sent by services, inside the transaction of the fact."""

from django.dispatch import Signal

# address; wish: the key of the mailing whose link was used; everything: bool. A receiver that
# keeps wishes of the address answers True if some of them still stand.
address_left = Signal()
# address; wish: as above, or empty if all had been left. Answers True if something stands again.
address_returned = Signal()
person_erased = Signal()  # address, before it is blanked
