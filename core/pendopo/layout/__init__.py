"""What you see: the two faces, menus, the theme, languages, one search."""
