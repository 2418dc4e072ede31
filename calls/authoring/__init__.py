"""A call written part by part in the administration: pages of our own for any call that is a draft.

``parts`` says which parts a call has and how each is edited, ``forms`` what their forms have in common, ``saving``
writes under the lock of the call, ``places`` leads from a fault to the field that mends it, ``checklist`` says what is
missing.
"""
