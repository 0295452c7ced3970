"""What runs the processes: the supervisor, the build of the assets, how gunicorn serves. Imported by nobody."""
