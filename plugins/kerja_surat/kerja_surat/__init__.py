"""Letters in and out, disposisi, agenda and rooms."""
