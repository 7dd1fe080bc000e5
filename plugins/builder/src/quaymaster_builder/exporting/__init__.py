"""Plans as code: the documents that a plan leads to, as JSON or as Terraform."""
