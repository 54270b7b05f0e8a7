"""From a folder a sender dropped to typed, marked, split rows: manifest, receipt, ledger, readers, staging."""
