"""Numbered blanks of 《入党志愿书》: taken in by a committee, handed out, used; void or lost with the reason."""
