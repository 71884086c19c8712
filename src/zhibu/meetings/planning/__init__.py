"""From the year plan to the notice: what is meant to be held, who is told, what they answer, and their calendars."""
