"""What the chapters on training share: studies of one choice at a time, their tables and errors."""
