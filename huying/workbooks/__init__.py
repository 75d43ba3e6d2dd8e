"""The program that opens and writes workbooks: it loads nothing of the server that starts it."""
