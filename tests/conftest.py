"""What all tests share."""

import sys

# nbformat, papermill and nbclient would each make jsonschema build a grammar that serves nothing, which takes seconds.
sys.modules.setdefault("rfc3987_syntax", None)

# It is loaded as what it is; looked through for doctests it would be taken for the conftest of a folder below.
collect_ignore = ["conftest.py"]
