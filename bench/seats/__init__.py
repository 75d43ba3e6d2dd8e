"""The parts of the call centre's bench: interviewers over HTTP, their field, what must hold afterwards."""
