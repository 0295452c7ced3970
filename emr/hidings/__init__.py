"""A person hides one entry of their own record from all but those who wrote it, treat in person or act in an emergency; and shows it again."""
