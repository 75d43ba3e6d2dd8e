"""What keeps an installation through the years: backups, checks of what is stored, what is kept how long."""
