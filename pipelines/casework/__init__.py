"""Lists to visit, and the views an office would miss most: workbooks made from the tables of a release."""
