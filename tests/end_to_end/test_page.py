"""The page of a study in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sim.report.write import write_pages
from sim.study.study import Study
from tests.chart_studies import STUDIES

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
PHONE, DESK = 390, 1280

pytestmark = [
    pytest.mark.charts,
    pytest.mark.xdist_group("browser"),  # one browser for all tests of this file
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; install it with: make browser"),
]

HOSTILE = "<script>document.title = 'taken over'</script>"


def studies() -> dict[str, Study]:
    """Return studies by the name of their folder.

    Over a factor, over two, and of one point with a hostile text.
    """
    swept, one = STUDIES["swept"], STUDIES["one point"]
    scenario = {**one.manifest["scenario"], "description": HOSTILE}
    return {
        "swept": swept,
        "two factors": STUDIES["two factors"],
        "hostile": Study({**one.manifest, "scenario": scenario}, one.tables),
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages of a few studies, a folder each."""
    place = tmp_path_factory.mktemp("pages")
    for name, study in studies().items():
        (place / name).mkdir()
        write_pages(study, place / name)
    return place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium of this machine, headless."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Opened:
    """A page in the browser, and what it did that it must not do."""

    def __init__(self, browser: Browser, path: Path, width: int) -> None:
        self.complaints: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": width, "height": 844})
        self.page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url, path.as_uri()))
        self.page.goto(path.as_uri())

    def _asked(self, url: str, own: str) -> None:
        if url != own and not url.startswith("data:"):
            self.complaints.append(f"request: {url}")

    def shown(self) -> list[str]:
        """Return the sentences of the charts that are seen."""
        return self.page.locator(".sentence:visible").all_inner_texts()

    def column(self, table: str, number: int) -> list[str]:
        """Return the first line of each cell of a column."""
        cells = self.page.locator(f"{table} tbody tr > :nth-child({number})").all_inner_texts()
        return [cell.split("\n")[0] for cell in cells]


@pytest.fixture
def opened(browser: Browser, pages: Path) -> Iterator[Opened]:
    """Open the page of the study over three levels on a desk."""
    found = Opened(browser, pages / "swept" / "report.html", DESK)
    yield found
    found.page.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", ["swept", "two factors", "hostile"])
def test_opens_alone_and_fits(
    browser: Browser, pages: Path, tmp_path: Path, name: str, width: int
) -> None:
    """No message in the console, no request but the file itself, and nothing wider than the window."""
    opened = Opened(browser, pages / name / "report.html", width)
    assert opened.complaints == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    opened.page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
    opened.page.close()


def test_first_screen_of_a_phone_has_question_answer_and_targets(
    browser: Browser, pages: Path
) -> None:
    """Before any scrolling: what was asked, the answer with its interval, the verdict and the head of the table."""
    page = Opened(browser, pages / "swept" / "report.html", PHONE).page
    for place in (".question", ".answer", ".targets", "table thead"):
        box = page.locator(place).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844
    page.close()


def test_text_of_a_scenario_runs_no_script(browser: Browser, pages: Path) -> None:
    """A description that is a script is shown as text."""
    opened = Opened(browser, pages / "hostile" / "report.html", DESK)
    assert opened.page.locator(".question").inner_text() == HOSTILE
    assert opened.page.title().startswith("small: The target is met")
    opened.page.close()


def test_selector_changes_all_charts_and_marks_the_row(opened: Opened) -> None:
    """Every chart shows the chosen level, one panel each; the tables mark it; it is said aloud."""
    before = opened.shown()
    assert opened.page.locator("tr[aria-current] th").first.inner_text() == "200"
    opened.page.get_by_label("Charts at").select_option(label="DGI 300")
    after = opened.shown()
    assert len(before) == len(after) == opened.page.locator("figure").count()
    assert [old for old, new in zip(before, after, strict=True) if old == new] == []
    assert all("DGI 300" in sentence for sentence in after)
    assert opened.page.locator("svg:visible").count() == len(after)
    assert opened.page.locator("tr[aria-current] th").first.inner_text() == "300"
    assert opened.page.get_by_role("status").inner_text() == "All charts show DGI 300."


def test_selector_works_by_keyboard(opened: Opened) -> None:
    """The arrows change the level."""
    opened.page.get_by_label("Charts at").focus()
    opened.page.keyboard.press("ArrowDown")
    assert all("DGI 300" in sentence for sentence in opened.shown())


def test_open_table_stays_open_when_the_level_changes(opened: Opened) -> None:
    """A reader who compares numbers opens a table once."""
    opened.page.locator("#due_by_weekday summary:visible").click()
    opened.page.get_by_label("Charts at").select_option(label="DGI 100")
    assert (
        opened.page.locator("#due_by_weekday table:visible caption").inner_text()
        == "Images due a week at DGI 100"
    )


def test_tables_sort_by_keyboard(opened: Opened) -> None:
    """Enter on a head sorts by number, again the other way, and says so to screen readers."""
    table = "section[aria-labelledby=figures]"
    head = opened.page.locator(f"{table} thead th").nth(3)
    assert opened.column(table, 4) == ["60", "40", "20"]
    head.get_by_role("button").focus()
    opened.page.keyboard.press("Enter")
    assert opened.column(table, 4) == ["20", "40", "60"]
    assert opened.column(table, 1) == ["300", "200", "100"]
    assert head.get_attribute("aria-sort") == "ascending"
    opened.page.keyboard.press("Space")
    assert opened.column(table, 4) == ["60", "40", "20"]
    assert head.get_attribute("aria-sort") == "descending"
    opened.page.locator(f"{table} thead th").nth(0).get_by_role("button").click()
    assert opened.page.locator(f"{table} th[aria-sort]").count() == 1


def test_weekdays_sort_in_the_order_of_the_week(opened: Opened) -> None:
    """Monday comes before Tuesday, and figures by size: 20 before 100."""
    table = "#due_by_weekday [data-point='1']"
    opened.page.locator(f"{table} summary").click()
    opened.page.locator(f"{table} thead button").nth(1).click()
    assert opened.column(table, 2) == ["0", "20", "100", "200", "200", "300", "500"]
    opened.page.locator(f"{table} thead button").nth(0).click()
    assert [day[:3] for day in opened.column(table, 1)] == [
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    ]


def test_keyboard_reaches_the_answer_first(opened: Opened) -> None:
    """The first stop skips to the answer; what scrolls can be focused and has a name."""
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.getAttribute('href')") == "#answer"
    unnamed = "[...document.querySelectorAll('[tabindex=\"0\"]')].filter(e => !e.getAttribute('aria-label')).length"
    assert opened.page.evaluate(unnamed) == 0


def test_paper_has_the_charts_and_no_selector(opened: Opened) -> None:
    """In print the chosen charts stand without the tools."""
    opened.page.emulate_media(media="print")
    assert opened.page.locator("svg:visible").count() == opened.page.locator("figure").count()
    assert opened.page.locator(".selector:visible").count() == 0


def test_without_script_the_page_still_reads(browser: Browser, pages: Path) -> None:
    """Today's charts and all tables are there; the selector, which could do nothing, is not."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "swept" / "report.html").as_uri())
    assert page.locator("svg:visible").count() == page.locator("figure").count()
    assert page.locator(".selector:visible").count() == 0
    context.close()
