"""`make run`: all set-up, then every process of the house, on one machine."""
