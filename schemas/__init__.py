"""The ground floor: the words and values that every part of Schakel uses."""
