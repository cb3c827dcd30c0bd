"""The announcer on the air: microphone, carts, handover, callers."""
