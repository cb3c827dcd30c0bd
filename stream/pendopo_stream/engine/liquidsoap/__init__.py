"""Sound made by Liquidsoap and carried by Icecast: the production engine."""
