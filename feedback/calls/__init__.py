"""The dialled code and the switchboard."""
