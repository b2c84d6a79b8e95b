"""Opens every page of a site in headless Chromium and checks it as a reader would; one line for each fault.

usage: site_browser.py FOLDER [SCREENSHOTS]

SCREENSHOTS: a folder for pictures of every page at two widths, light and dark.
"""

import json
import os
import re
import sys
from urllib.parse import unquote, urlsplit

import browser
from browser import check, faults, set_size, visible
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def pages(folder):
    for place in ["", "ko"]:
        for name in sorted(os.listdir(os.path.join(folder, place))):
            if name.endswith(".html"):
                yield os.path.join(place, name)


def attributes(driver, selector, name):
    """This attribute of every element of a selector, asked for in one call."""
    script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.getAttribute(arguments[1]))"
    return driver.execute_script(script, selector, name)


def check_links(folder, page, links, anchors):
    """Checks that links and anchors lead somewhere. `links`: the page's; `anchors`: every page's."""
    check(len(links) > 10, f"{page}: only {len(links)} links")
    for link in sorted(set(links)):
        parts = urlsplit(link)
        if parts.scheme in ["http", "https"]:
            continue
        target = os.path.normpath(os.path.join(os.path.dirname(page), parts.path)) if parts.path else page
        check(os.path.exists(os.path.join(folder, target)), f"{page}: {link} leads to a page that is not there")
        if parts.fragment:
            there = unquote(parts.fragment) in anchors.get(target, set())
            check(there, f"{page}: {link} leads to an anchor that is not there")


def check_looks(driver, page, screenshots, schemes):
    for width in [1400, 400]:
        for dark in schemes:
            set_size(driver, width, dark)
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            check(wide <= width, f"{page}: {wide} wide in a window of {width}")
            if screenshots:
                name = f"{page.replace('/', '-')}-{width}-{'dark' if dark else 'light'}.png"
                driver.save_screenshot(os.path.join(screenshots, name))
    set_size(driver, 1400)


def check_printing(driver, page):
    paper = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    check(len(paper) > 10_000, f"{page}: the printed page is empty")


def check_tabs(driver, page):
    """Checks that a phone shows one side, which buttons choose for all cells."""
    set_size(driver, 400)
    for tab in ["rust", "python"]:
        driver.find_element(By.CSS_SELECTOR, f"button[data-tab={tab}]").click()
        for name in ["python", "rust"]:
            all_sides = len(driver.find_elements(By.CSS_SELECTOR, f".side.{name}"))
            shown = len(visible(driver, f".side.{name}"))
            check(shown == (all_sides if name == tab else 0), f"{page}: tab {tab} shows {shown} of {name}")
    set_size(driver, 1400)


def check_turn(driver, page):
    """Checks that the slider works by keyboard, and that each position shows another frame."""
    slider = driver.find_element(By.ID, "turn")
    frames = json.loads(driver.execute_script("return document.getElementById('frames').textContent"))
    slider.send_keys(Keys.HOME)
    seen = []
    for frame in frames[:20]:
        rows = [row.text for row in driver.find_elements(By.CSS_SELECTOR, ".scene .row")]
        value = driver.find_element(By.CSS_SELECTOR, ".scene .value").text
        check((value, rows) == (frame["value"], frame["rows"]), f"{page}: the slider shows {value} {rows} for {frame}")
        picture = driver.execute_script("const s = document.querySelector('.scene'); return s.querySelector('img')?.src || s.querySelector('.path').getAttribute('points')")
        seen.append(picture)
        slider.send_keys(Keys.ARROW_RIGHT)
    check(len(set(seen)) == len(seen), f"{page}: frames that look alike")


def check_search(driver, page):
    search = driver.find_element(By.ID, "search")
    search.send_keys("log_softmax")
    rows = visible(driver, ".lines tbody tr:not(.heading)")
    check(rows and all("log_softmax" in row.text for row in rows), f"{page}: the search shows {[row.text for row in rows][:3]}")
    address = driver.current_url
    driver.get(address)
    again = visible(driver, ".lines tbody tr:not(.heading)")
    check(len(again) == len(rows), f"{page}: {address} shows {len(again)} rows, {len(rows)} expected")


def check_language(driver, page):
    """Goes to the same cell in the other language, and back."""
    cells = driver.find_elements(By.CSS_SELECTOR, ".cell[id]")
    driver.execute_script("arguments[0].scrollIntoView()", cells[-1])
    driver.execute_script("document.getElementById('tongue').click()")
    there = driver.current_url
    check("/ko/" in there and there.endswith("#" + cells_id(driver)), f"{page}: the other language is at {there}")
    check(driver.execute_script("return document.documentElement.lang") == "ko", f"{page}: {there} is not Korean")


def cells_id(driver):
    return driver.find_elements(By.CSS_SELECTOR, ".cell[id]")[-1].get_attribute("id")


def check_without_script(driver, address, page):
    """Checks that a page without its script shows everything except the parts that need it."""
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    driver.get(address)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    sides, shown = len(driver.find_elements(By.CSS_SELECTOR, ".side")), len(visible(driver, ".side"))
    check(shown == sides > 0, f"{page}: without a script {shown} of {sides} sides of cells are shown")
    check(not visible(driver, ".needs-script"), f"{page}: a control is shown that needs a script")


def check_logs(driver, folder, page):
    for entry in driver.get_log("browser"):
        faults.append(f"{page}: console: {entry['message']}")
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            check(url.startswith(("file://" + folder, "data:")), f"{page}: a request left the folder: {url}")


def main():
    folder = os.path.abspath(sys.argv[1])
    screenshots = sys.argv[2] if len(sys.argv) > 2 else None
    driver = browser.browser()
    links, anchors = {}, {}
    try:
        set_size(driver, 1400)
        for page in pages(folder):
            address = f"file://{folder}/{page}"
            driver.get(address)
            links[page] = attributes(driver, "a[href]", "href")
            anchors[page] = set(attributes(driver, "[id]", "id"))
            before = len(faults)
            # Both languages have the same style sheet, so one is checked light and one dark, unless screenshots are wanted.
            schemes = [page.startswith("ko")]
            check_looks(driver, page, screenshots, [False, True] if screenshots else schemes)
            name = os.path.basename(page)
            # labs.html lists the labs; it is no lesson.
            lesson = re.match(r"lab\d", name)
            # Paper looks the same in both languages.
            if not page.startswith("ko") and (lesson or name == "training.html"):
                check_printing(driver, page)
            # Checking six hundred similar rows would take minutes.
            rows = [".lines tr:nth-child(n+30)"] if "lines" in page else []
            browser.check_accessibility(driver, rows, schemes)
            faults[before:] = [fault if fault.startswith(page) else f"{page}: {fault}" for fault in faults[before:]]
            if lesson:
                check_tabs(driver, page)
            if driver.find_elements(By.ID, "turn"):
                check_turn(driver, page)
            if name == "lines.html":
                check_search(driver, page)
            check_logs(driver, folder, page)
        for page in links:
            check_links(folder, page, links[page], anchors)
        driver.get(f"file://{folder}/lab3.html")
        check_language(driver, "lab3.html")
        check_without_script(driver, f"file://{folder}/lab3.html", "lab3.html")
        check_logs(driver, folder, "lab3.html")
    finally:
        driver.quit()
    print(f"{len(links)} pages")
    for fault in faults:
        print(f"FAULT {fault}")
    sys.exit(1 if faults or not links else 0)


if __name__ == "__main__":
    main()
