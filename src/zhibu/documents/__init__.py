"""Letters and forms filled from docx templates that an office can edit itself."""
