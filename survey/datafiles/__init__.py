"""Data out: what a wave's answers, calls and outcomes are, as files that statistics programs open."""
