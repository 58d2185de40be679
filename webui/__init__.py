"""The pages: see README.md."""
