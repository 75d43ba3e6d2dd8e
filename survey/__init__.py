"""The independent side: people drawn by lot are asked, and scores say how sure they are."""
