"""How our processes talk: JSON lines over Unix sockets.  Imports nothing of ours."""
