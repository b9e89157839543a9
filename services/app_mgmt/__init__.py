"""The application management system (申請管理システム)."""
