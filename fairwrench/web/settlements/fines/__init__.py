"""Fines for handing in late: proposed by settling, decided by HR as money, points or a record."""
