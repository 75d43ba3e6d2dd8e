"""Who is told what, by which carrier, until somebody takes it; and what comes back."""
