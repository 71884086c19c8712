"""What waits, told once a day: on the page, by e-mail, by an outgoing webhook."""
