"""What axe finds on a page, and what is too wide for it."""

from importlib import resources

from playwright.sync_api import Error, Page

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def barriers_of(page: Page) -> list[str]:
    """Each rule that the page breaks as it is shown now, with the first place where it does."""
    page.wait_for_load_state()
    try:
        found = _run_axe(page)
    except Error:
        # A press may still have been on its way to the page that follows it.
        page.wait_for_load_state()
        found = _run_axe(page)
    size = page.viewport_size
    return [
        f"{page.url} at {size['width']}: {each['id']}: {each['nodes'][0]['html'][:150]}"
        for each in found["violations"]
    ]


def _run_axe(page: Page) -> dict[str, list[dict]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate("axe.run({ resultTypes: ['violations'] })")


def width_of(page: Page) -> int:
    """How wide the page is, in CSS pixels, with what one would have to scroll to."""
    return page.evaluate("document.documentElement.scrollWidth")


# Numbers of referrals and telephones, dates, years and whatever has a sign for a number, that stand in more than one line.
BROKEN_NUMBERS = r"""() => {
  const numbers = /R-\d{4}-\d{6}|\+7 \(\d+\) [\d-]+|\d\d[./]\d\d[./]\d{4}|\d\d:\d\d|\d{4}\sг\.|(?:№|No\.)\s\d+/g;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const found of node.data.matchAll(numbers)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
      if (lines.size > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""


def broken_numbers_of(page: Page) -> list[str]:
    """Numbers that the page breaks between two lines, where each has room for it."""
    return [f"{page.url}: {each} in two lines" for each in page.evaluate(BROKEN_NUMBERS)]
