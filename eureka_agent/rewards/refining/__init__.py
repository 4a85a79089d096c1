"""Changes to a reward that exists: a component removed, numbers changed; the rest stays as written."""
