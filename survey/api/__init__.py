"""Published tables for programs: JSON by token, the document that describes it, the tokens themselves."""
