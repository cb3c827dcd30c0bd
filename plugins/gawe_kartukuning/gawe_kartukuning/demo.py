"""A year of invented seekers, cards, employers, vacancies and placements."""


def fill(db, *, seed, now, scale):
    return None
