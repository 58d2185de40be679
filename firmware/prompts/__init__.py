"""What the box can say, and how each language says numbers, dates and times.  Pure."""
