"""The statistics: plain numbers in, plain numbers out. Nothing here knows a scheme, a file or a rule book.

Scalars in give floats out, arrays in give arrays out of the broadcast shape. A single figure (a p-value) is returned as
it is; several figures come as one frozen dataclass that names its method. Why each method: ``docs/methods.md``.
"""
