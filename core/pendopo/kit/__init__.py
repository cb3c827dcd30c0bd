"""What plugins build with. The rooms of the house never import it."""
