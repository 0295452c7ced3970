"""An empty production becomes a region by the documented commands alone: up to the first booking."""


def test_the_examples_of_the_document_are_taken_whole(filled_region):
    assert [
        (said["added"], said["refused"]) for name, said in filled_region.items() if name != "patients"
    ] == [
        (3, []),
        (2, []),
        (2, []),
        (1, []),
        (1, []),
        (2, []),
        (2, []),
        (1, []),
        (1, []),
        (1, []),
        (1, []),
        (1, []),
        (2, []),
    ]
    assert filled_region["patients"]["stored"] == {"Patient": 1}


def test_from_an_empty_database_to_the_first_booking(first_booking):
    assert "The slot is booked." in first_booking
    assert "Dr Lebedeva" in first_booking
