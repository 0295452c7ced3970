"""The demo region: always the same, exactly as large as the programme's card, and readable by everybody in it."""
