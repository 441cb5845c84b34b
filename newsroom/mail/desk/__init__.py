"""The ledger at the desk: to be read, and the few decisions that only a person may take."""
