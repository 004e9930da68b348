"""The holder's side: questions that wait for him, what he decides about them, and his stop switch."""
