"""What was on the air: recordings, proof of broadcast, catch-up, podcasts."""
