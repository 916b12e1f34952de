"""What all tests share."""

import sys

# nbformat, papermill and nbclient would each make jsonschema build a grammar that serves nothing, which takes seconds.
sys.modules.setdefault("rfc3987_syntax", None)
