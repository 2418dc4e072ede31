"""The calls of the demonstration: one decided, one open, one being evaluated, others in the making or ended.

What happens to the open call after its publication is told by ``following``, ``changes`` and ``enquiries``.
"""
