"""What our processes may ask of each other: message types only, shared by both sides."""
