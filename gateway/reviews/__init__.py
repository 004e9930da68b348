"""Reviews and duties of a running gateway: opened behind the log, judged by a second person, and tracked until done."""
