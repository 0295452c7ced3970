"""The database server: the roles on it, how it is reached, and the embedded one."""
