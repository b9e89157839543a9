"""The linkage server (連携サーバ) at the LGWAN boundary: pulls applications, pushes statuses back."""
