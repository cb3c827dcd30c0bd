"""Kartu kuning (AK/1): people who look for work, their card, and the work that waits for them."""
