"""Hibah and bansos, watched live: from the proposal to the last rupiah."""
