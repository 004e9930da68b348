"""What is made of the log for one person or one breach: letters, and files."""
