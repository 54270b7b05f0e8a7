"""What no ID number decides: records without one, or with a damaged one, linked by everything else they say."""

from pipelines.identity.residual.linking import clusters, connect, deduplicate, link
from pipelines.identity.residual.model import Model, model

__all__ = ["Model", "clusters", "connect", "deduplicate", "link", "model"]
