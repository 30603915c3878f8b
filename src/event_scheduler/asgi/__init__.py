"""What every request passes, whoever answers it."""
