"""What is planned: media library, playlists, clock wheels, the week, times of prayer."""
