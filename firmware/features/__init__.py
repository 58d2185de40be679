"""What the box can do with a call beyond connecting it: one file and one row per feature."""
