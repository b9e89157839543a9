"""The portal's use cases: what it promises to applicants, to municipalities and to the driver of a run.

Start with ``intake`` (a submission is accepted once and answered after its commit) and ``runs`` (how the root
watermark rises); ``ports`` lists what the use cases need from outside.
"""
