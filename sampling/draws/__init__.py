"""Before the field: sample sizes, allocation, and draws that anybody can repeat."""
