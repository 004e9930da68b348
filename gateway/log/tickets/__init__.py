"""Content of the log: opened with the yes of a second officer, and the person finds that it was."""
