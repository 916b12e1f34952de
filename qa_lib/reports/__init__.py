"""What a reader gets: tables, charts, pages and workbooks, all of them safe to open and the same bytes every time."""
