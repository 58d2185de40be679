"""One file a page; see README.md."""
