"""What is sealed and digested, made anew under the service's present key."""
