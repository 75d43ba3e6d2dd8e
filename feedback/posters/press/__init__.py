"""Posters and badges on paper: laid out, made into PDF, and proven by reading every sheet back.

Only a job's own process imports this: the server carries neither the typesetter nor the decoder.
"""
