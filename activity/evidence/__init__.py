"""Evidence: nobody can change the log unnoticed. docs/evidence.md describes the formats."""
