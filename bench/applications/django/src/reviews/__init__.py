"""Reviews: readers say what they think of books."""
