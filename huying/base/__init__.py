"""What everything stands on: time, words, settings, keys, numbers; plain Python."""
