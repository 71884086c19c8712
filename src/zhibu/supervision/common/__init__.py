"""Like problems of several organizations as one: grouped by their words, put right by people, one measure for all."""
