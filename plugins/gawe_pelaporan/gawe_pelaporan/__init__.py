"""Reports of citizens: a damaged road, a dead lamp, rubbish, until it is done."""
