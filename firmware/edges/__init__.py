"""Where the call processor meets the world: each edge turns one kind of outside into events and
performs the effects that concern it.  Edges append events to one inbox and never call the core."""
