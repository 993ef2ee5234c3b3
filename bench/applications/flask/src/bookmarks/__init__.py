"""Bookmarks: a page that lists addresses worth keeping."""
