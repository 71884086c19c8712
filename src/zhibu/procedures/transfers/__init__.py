"""What only transfers have: where to, the letter of introduction, its receipt; the wizard of the graduation season."""
