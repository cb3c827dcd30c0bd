"""HTTP in, HTML out."""

routes = []
