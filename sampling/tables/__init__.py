"""Surveys as tables: columns by their names, figures that a person reads, under the names of R's survey."""
