"""What blueprints and entities mean, whatever route they arrive by."""
