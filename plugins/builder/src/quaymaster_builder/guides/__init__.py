"""Port's guides: fetched from its documentation only, told as markdown, with the documents that they hold."""
