"""Open311 GeoReport v2: other applications list what can be reported, send reports and read them."""
