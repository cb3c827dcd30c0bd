"""Two years of programmes and some three hundred proposals in every state; equal for equal seed."""


def fill(db, *, seed, now, scale):
    return None
