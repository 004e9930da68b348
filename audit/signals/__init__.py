"""First signals: plain rules over the log, each explained and switchable. They point at nothing but what happened."""
