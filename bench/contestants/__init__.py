"""What is compared: each a program of its own that reads a folder of columns and prints one line of JSON."""
