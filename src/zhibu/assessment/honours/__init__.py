"""Honours of organizations and model work: proposed from a result, decided by people, shown with consent."""
