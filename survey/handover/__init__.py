"""What is handed on of a release: packages for auditors and for everybody, reports on paper."""
