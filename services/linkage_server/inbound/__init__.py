"""What reaches the linkage server: statuses from application management, and the ledger's questions."""
