"""The national portal (ぴったりサービス): what applicants call, and what municipalities pull."""
