"""The simulated box: a card of telephone ports in software, and callproc's door to it."""
