"""PostgreSQL without an installed server: the programs come with the environment, the cluster lies in the data folder."""
