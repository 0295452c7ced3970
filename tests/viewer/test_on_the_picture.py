"""What stands on a picture and beside it: whose it is, which side, how large; and nothing that does not fit it."""

import re
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import expect
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from foundation.language import marks
from tests.waiting import eventually

MARKS = re.compile(r"const (ACTING|RIGHT_TO_LEFT) = '(.*)';")
# Where rows and columns lead: to the left, to the back, to the head.
PLANES = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "axial-turned": ((-1, 0, 0), (0, -1, 0)),
    "axial-mirrored": ((-1, 0, 0), (0, 1, 0)),
    "axial-on-its-side": ((0, 1, 0), (-1, 0, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "oblique": ((4, 3, 0), (0, 0, -1)),
    "twice-oblique": ((10, 6, 0), (3, -5, -9)),
    "leaning-a-little": ((1, 0.05, 0), (0, 0, -1)),
}
LEAST_LEANING = 0.18
PHANTOM = "series_ct_philips_phantom"


@pytest.fixture
def slice_of(shared_data: Path):
    """A slice of a phantom's head, with whatever a test wants to be otherwise; `None` removes an attribute."""

    def made(**changes: object) -> pydicom.Dataset:
        dataset = pydicom.dcmread(sorted((shared_data / "dicom" / PHANTOM / "S2010").iterdir())[9])
        dataset.PatientName, dataset.AcquisitionDate = "Иванова^Анна", "20240131"
        dataset.SpecificCharacterSet = "ISO_IR 192"
        for keyword, value in changes.items():
            if value is None:
                del dataset[keyword]
            else:
                setattr(dataset, keyword, value)
        return dataset

    return made


def test_whose_it_is_and_which_side_and_how_large_stands_on_it(open_viewer, archive, slice_of):
    archive.studies["whole"] = [slice_of()]

    page = open_viewer("whole", locale="ru-RU").page

    expect(page.locator("[data-part=patient-name]")).to_have_text("Иванова Анна")
    expect(page.locator("[data-part=taken-on]")).to_have_text("31 янв. 2024 г.")
    for edge, letter in (("left", "R"), ("right", "L"), ("top", "A"), ("bottom", "P")):
        expect(page.locator(f"[data-edge={edge}]")).to_have_text(letter)
    expect(page.locator("[data-part=scale]")).to_have_text("5 см")


@pytest.mark.parametrize("plane", PLANES)
def test_the_letters_of_every_plane_are_where_its_axes_lead(open_viewer, archive, slice_of, plane):
    row, column = (np.array(each, float) / np.linalg.norm(each) for each in PLANES[plane])
    archive.studies[plane] = [slice_of(ImageOrientationPatient=[round(each, 6) for each in (*row, *column)])]

    page = open_viewer(plane).page

    for edge, direction in (("right", row), ("left", -row), ("bottom", column), ("top", -column)):
        expect(page.locator(f"[data-edge={edge}]")).to_have_text(_letters(direction))


def _letters(direction: np.ndarray) -> str:
    """The sides of the patient towards which it leads, the nearest first (DICOM PS3.3 C.7.6.1.1.1)."""
    sides = (
        "L" if direction[0] > 0 else "R",
        "P" if direction[1] > 0 else "A",
        "H" if direction[2] > 0 else "F",
    )
    nearest = sorted(zip(np.abs(direction), sides, strict=True), reverse=True)
    return "".join(side for size, side in nearest if size > LEAST_LEANING)


def test_the_scale_is_as_long_as_it_says(open_viewer, archive, slice_of):
    dataset = slice_of()
    archive.studies["measured"] = [dataset]

    viewer = open_viewer("measured")

    box = viewer.canvas.bounding_box()
    points_per_mm = min(
        box["height"] / (dataset.Rows * dataset.PixelSpacing[0]),
        box["width"] / (dataset.Columns * dataset.PixelSpacing[1]),
    )
    length = viewer.page.locator("[data-part=scale-bar]").bounding_box()["width"]
    assert length == pytest.approx(50 * points_per_mm, rel=0.03)
    viewer.press("+")
    expect(viewer.page.locator("[data-part=scale-text]")).to_have_text("5 cm")
    # The text says the same before and after the picture is drawn anew.
    viewer.page.wait_for_function(
        "least => document.querySelector('[data-part=scale-bar]').getBoundingClientRect().width > least",
        arg=length,
    )


def test_what_is_not_known_is_not_told(open_viewer, archive, slice_of):
    bare = slice_of(
        PixelSpacing=None, ImageOrientationPatient=None, ImagePositionPatient=None, PatientName=None
    )
    for keyword in ("AcquisitionDate", "ContentDate", "SeriesDate", "StudyDate"):
        bare.pop(keyword, None)
    bare.pop("PatientOrientation", None)
    archive.studies["bare"] = [bare]

    page = open_viewer("bare").page

    expect(page.locator("[data-part=patient-name]")).to_have_text("No name on the image")
    expect(page.locator("[data-part=taken-on]")).to_have_text("Date unknown")
    expect(page.locator("[data-part=scale]")).to_be_hidden()
    assert {edge.text_content() for edge in page.locator("[data-edge]").all()} == {""}


@pytest.mark.parametrize(("centre", "width"), [(0, 0), (40, 0.5), ("", ""), (None, None)])
def test_a_window_that_the_standard_forbids_counts_as_none(open_viewer, archive, slice_of, centre, width):
    name = f"window-{centre}-{width}"
    archive.studies[name] = [slice_of(WindowCenter=centre, WindowWidth=width)]

    viewer = open_viewer(name)

    assert float(viewer.value("window-width")) > 100
    assert len(np.unique(viewer.greys())) > 100


def test_more_contrast_does_not_end_in_black(open_viewer, archive, slice_of):
    archive.studies["contrast"] = [slice_of()]
    viewer = open_viewer("contrast")

    for _ in range(60):
        viewer.press("c", "B")

    assert float(viewer.value("window-width")) >= 2


@pytest.mark.parametrize(("modality", "offered"), [("CT", True), ("MR", False), ("CR", False)])
def test_windows_of_tissues_are_offered_on_computed_tomography_alone(
    open_viewer, archive, slice_of, modality, offered
):
    archive.studies[modality] = [slice_of(Modality=modality)]

    viewer = open_viewer(modality)

    expect(viewer.page.locator("[data-part=presets]")).to_be_enabled(enabled=offered)
    before = viewer.value("window-width")
    viewer.press("3")
    assert (viewer.value("window-width") == before) is not offered


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, False),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "RescaleType": "HU"}, True),
        ({"RescaleType": "US"}, False),
        ({"SOPClassUID": SecondaryCaptureImageStorage}, False),
    ],
)
def test_windows_of_tissues_are_offered_where_values_are_hounsfield_units(
    open_viewer, archive, slice_of, changes, offered
):
    name = "-".join(map(str, changes.values()))
    archive.studies[name] = [slice_of(**changes)]

    viewer = open_viewer(name)

    expect(viewer.page.locator("[data-part=presets]")).to_be_enabled(enabled=offered)


@pytest.mark.parametrize("file", ["dcmtk_pr_dev.dcm", "dcmtk_pdf_dev.dcm", "sr_document.dcm", "liver.dcm"])
def test_a_study_opens_on_the_first_series_that_can_be_drawn(
    open_viewer, archive, shared_data, slice_of, file
):
    beside = pydicom.dcmread(shared_data / "dicom" / "single" / file)
    beside.SeriesNumber, beside.SeriesInstanceUID = 1, generate_uid()
    picture = slice_of(SeriesNumber=900)
    archive.studies[file] = [beside, picture]

    viewer = open_viewer(file)

    assert viewer.value("series") == picture.SeriesInstanceUID


def test_a_layman_is_told_no_numbers_of_the_window_and_scrolls_first(open_viewer, archive, slice_of):
    archive.studies["layman"] = [slice_of()]

    page = open_viewer("layman", clinical=False).page

    expect(page.locator("[data-part=window]")).to_be_empty()
    expect(page.get_by_role("button", name="Contrast")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="Scroll")).to_have_attribute("aria-pressed", "true")


def test_the_question_mark_opens_the_help_as_the_label_says(open_viewer, archive, slice_of):
    archive.studies["help"] = [slice_of()]
    viewer = open_viewer("help")

    viewer.press("?")
    expect(viewer.page.locator(".help__panel")).to_be_visible()
    viewer.press("?")
    expect(viewer.page.locator(".help__panel")).to_be_hidden()


def test_what_turns_a_name_around_is_shown_as_what_it_is(open_viewer, archive, slice_of):
    archive.studies["turned"] = [slice_of(PatientName="Иванова\u202e^Анна", SeriesDescription="нога\u2067")]

    page = open_viewer("turned").page

    expect(page.locator("[data-part=patient-name]")).to_have_text("Иванова[U+202E] Анна")
    expect(page.locator(".series__description")).to_have_text("нога[U+2067]")


def test_a_name_on_an_english_page_says_that_it_is_in_russian(open_viewer, archive, slice_of):
    archive.studies["named"] = [slice_of(PatientName="Иванова^Анна", SeriesDescription="Кисть")]
    archive.studies["latin"] = [slice_of(PatientName="Ivanova^Anna", SeriesDescription="Hand")]

    page = open_viewer("named").page
    expect(page.locator("[data-part=patient-name]")).to_have_attribute("lang", "ru")
    expect(page.locator("[data-part=latin-name]")).to_have_text("Ivanova Anna")
    expect(page.locator(".series__description")).to_have_attribute("lang", "ru")
    page = open_viewer("latin").page

    expect(page.locator("[data-part=patient-name]")).to_have_text("Ivanova Anna")
    expect(page.locator("[data-part=latin-name]")).to_be_hidden()
    assert page.locator("[data-viewer] [lang]").count() == 0


def test_the_viewer_and_the_pages_show_the_same_marks():
    source = (Path(__file__).parents[2] / "frontend/viewer/marks.js").read_text()

    said = {name: value.encode().decode("unicode_escape") for name, value in MARKS.findall(source)}

    assert {name: value.encode().decode("unicode_escape") for name, value in said.items()} == {
        "ACTING": marks.ACTING,
        "RIGHT_TO_LEFT": marks.RIGHT_TO_LEFT,
    }


@pytest.mark.parametrize("code", ["constructor", "__proto__"])
def test_a_modality_of_any_name_is_only_a_name(open_viewer, archive, slice_of, code):
    archive.studies[code] = [slice_of(Modality=code, SeriesDescription="\u202eesrever\x1b[1m")]

    page = open_viewer(code).page

    expect(page.locator(".series__modality")).to_have_text(code)
    assert page.locator(".series__description").text_content() == "[U+202E]esrever[U+001B][1m"


def test_without_scripts_one_sentence_stands_and_no_dead_tool(open_context, archive, slice_of):
    archive.studies["quiet"] = []
    page = open_context(java_script_enabled=False).new_page()

    page.goto(archive.page("quiet"))

    seen = page.locator(".viewer__image").inner_text().strip()
    assert seen == "Images can only be shown where scripts are allowed in the browser."
    for dead in (".viewer__tools", ".viewer__slider", ".viewer__series", ".help"):
        expect(page.locator(dead)).to_be_hidden()
    page.close()


def test_without_scripts_one_picture_stands_and_links_lead_on(open_context, archive, slice_of):
    archive.studies["plain"] = [slice_of(SOPInstanceUID=generate_uid(), InstanceNumber=at) for at in (1, 2)]
    page = open_context(java_script_enabled=False).new_page()

    page.goto(archive.page("plain"))

    picture = page.locator(".plain-picture__image")
    expect(picture).to_have_js_property("naturalWidth", 512)
    expect(page.get_by_role("link", name="Previous image")).to_have_count(0)
    page.get_by_role("link", name="Next image").click()
    expect(page.locator(".plain-picture__ways")).to_contain_text("Image 2 of 2")
    expect(page.get_by_role("link", name="Next image")).to_have_count(0)
    expect(picture).to_have_js_property("naturalWidth", 512)
    archive.studies["plain"].pop()
    page.reload()
    expect(page.locator(".plain-picture")).to_contain_text("Images can only be shown where scripts")
    page.close()


def test_the_worker_is_fetched_once(browser, archive, slice_of):
    archive.studies["once"] = [slice_of(InstanceNumber=number) for number in range(1, 6)]
    for number, dataset in enumerate(archive.studies["once"]):
        dataset.SOPInstanceUID = generate_uid()
        dataset.ImagePositionPatient = [0, 0, number]
    archive.asked.clear()
    context = browser.new_context()
    page = context.new_page()

    def fetched():
        return [path for path in archive.asked if "decodeImageFrameWorker" in path]

    page.goto(archive.page("once"))
    # Before the pictures are loading, their progress is hidden too.
    eventually(fetched)
    expect(page.locator("[data-part=progress]")).to_be_hidden(timeout=20_000)

    context.close()
    assert len(fetched()) == 1
