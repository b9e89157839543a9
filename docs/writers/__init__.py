"""What writes the generated parts of the pages, a module a page."""
