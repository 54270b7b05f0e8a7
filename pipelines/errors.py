"""Errors that name what is wrong and how to mend it; none ever carries a person's data."""


class ContractBreach(Exception):
    """Data or a result breaks a stated contract: trying again cannot help, a person must look."""


class NotReady(Exception):
    """A step was asked for before what it reads is there; says which step or delivery comes first."""
