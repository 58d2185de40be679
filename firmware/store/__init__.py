"""Everything that is kept: databases, configuration text, applied site, the form of the spool."""
