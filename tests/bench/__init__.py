"""Measurements of the real box; nothing here is a test."""
