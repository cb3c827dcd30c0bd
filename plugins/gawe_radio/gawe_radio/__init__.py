"""Radio Serang Gawe."""
