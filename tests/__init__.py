"""The tests mirror the tree; README.md says what each folder proves."""
