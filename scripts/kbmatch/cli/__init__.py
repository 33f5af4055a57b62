"""The commands kbmatch and kb; the only part that knows a terminal."""
