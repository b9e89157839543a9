"""What the linkage server does for a municipality: poll, hand on, push back.

``polls`` decides (purely, by ``domain.polling``), ``poller`` and ``pusher`` carry it out for one run each, and
``keeper`` starts and stops them with the partitions that this process owns.
"""
