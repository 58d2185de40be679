"""The pages on a real box."""
