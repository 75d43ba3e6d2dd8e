"""The tamper-evident log of either side: a Merkle tree, signed checkpoints and the tables below them."""
