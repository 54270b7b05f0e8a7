"""How good linkage is, measured against known truth."""
