"""What a person lets be done with what is kept about them: asked for one purpose at a time, and taken back as easily."""
