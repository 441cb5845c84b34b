"""News of the post room. Sent by services, inside the transaction of the fact."""

from django.dispatch import Signal

# address; wish: the key of the mailing whose link was used; everything: bool. A receiver that
# keeps wishes of the address answers True if some of them still stand. before: the address that
# the link was mailed to, if the reader has moved away from it since.
address_left = Signal()
# address; wish: the key of a mailing that went there. Asks at which address whoever got it then
# gets mail now; None if nobody moved away.
reader_sought = Signal()
# address; wish: as above, or empty if all had been left. Answers True if something stands again.
address_returned = Signal()
# mailing; addresses: ids. Answers those of them to whom it must not go now, and from when on it may.
quiet_asked = Signal()
person_erased = Signal()  # address, before it is blanked
