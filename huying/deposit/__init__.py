"""The deposit `huying-deposit/v1`: tables, sealed contacts and the signed archive, for writer and reader."""
