"""How people listen: addresses, player, embedding, figures."""
