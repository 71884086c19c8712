"""Work reports of secretaries and their grading (述职评议): called for, written, graded by the superior."""
