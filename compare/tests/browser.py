"""Opens a page of `compare` in headless Chromium and checks it as a reader would; one line for each fault found.

usage: browser.py PAGE CELLS [SCREENSHOTS]

CELLS: how many cells the page must have. SCREENSHOTS: a folder for pictures at both widths, light and dark.
"""

import json
import os
import shutil
import sys
import time
from importlib.util import find_spec

from selenium import webdriver
from selenium.webdriver.common.by import By

faults = []


def check(holds, what):
    if not holds:
        faults.append(what)


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1600,1000"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


def set_size(driver, width, dark=False):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    )
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"media": "", "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]},
    )


def visible(driver, selector):
    """The elements of this selector that are shown: asked for in one call, as each call takes milliseconds."""
    script = "return [...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility())"
    return driver.execute_script(script, selector)


def shown(driver):
    return visible(driver, "article.cell")


def press(driver, key):
    driver.find_element(By.TAG_NAME, "body").send_keys(key)


def check_filter(driver, cells):
    button = driver.find_element(By.ID, "filter")
    different = [c for c in shown(driver) if not {"identical", "aside"} & set(c.get_attribute("class").split())]
    check(len(shown(driver)) == cells, f"{len(shown(driver))} cells are shown, {cells} expected")
    for how, act in [("click", button.click), ("key", lambda: press(driver, "d"))]:
        act()
        check(shown(driver) == different, f"{how}: the filter shows {len(shown(driver))} of {len(different)} differences")
        check(button.get_attribute("aria-pressed") == "true", f"{how}: the filter does not say that it is on")
        nothing = driver.find_element(By.ID, "nothing").is_displayed()
        check(nothing == (not different), f"{how}: 'no differences' is shown: {nothing}")
        act()
        check(len(shown(driver)) == cells, f"{how}: the filter does not go off")


def check_keys(driver):
    driver.execute_script("window.scrollTo(0, 0)")
    places = []
    for key in "jjjk":
        press(driver, key)
        places.append(driver.execute_script("return document.activeElement.id"))
    ids = [cell.get_attribute("id") for cell in shown(driver)]
    check(places == [ids[0], ids[1], ids[2], ids[1]], f"j and k went to {places}")
    press(driver, "t")
    check(driver.execute_script("return window.scrollY") == 0, "t does not go to the top")


def check_contents(driver):
    links = driver.find_elements(By.CSS_SELECTOR, "nav a[href^='#']")
    check(len(links) > 3, "the table of contents is empty")
    for link in links:
        target = link.get_attribute("href").split("#")[1]
        check(driver.find_elements(By.ID, target), f"the contents lead to #{target}, which is not there")


def check_widths(driver, screenshots):
    for width in [1600, 400]:
        for dark in [False, True]:
            set_size(driver, width, dark)
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            check(wide <= width, f"the page is {wide} wide in a window of {width}")
            if screenshots:
                name = f"{width}-{'dark' if dark else 'light'}.png"
                driver.save_screenshot(os.path.join(screenshots, name))
    set_size(driver, 1600)


def check_printing(driver):
    pages = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    check(len(pages) > 10_000, "the printed page is empty")


def check_address(driver, page, cells):
    """The filter is in the address, and an address with it opens filtered."""
    press(driver, "d")
    filtered = driver.current_url
    check("differences" in filtered, f"the filter is not in the address: {filtered}")
    count = len(shown(driver))
    driver.get(page)
    check(len(shown(driver)) == cells, "the address without the filter does not show all cells")
    driver.get(filtered)
    check(len(shown(driver)) == count, f"{filtered} shows {len(shown(driver))} cells, {count} expected")
    driver.get(page)


def check_accessibility(driver, without=(), schemes=(False, True)):
    """axe-core's rules of WCAG 2.2, in both schemes; and blocks that scroll can be reached by keyboard.

    without: selectors of what is not looked at; schemes: dark or not.
    """
    axe = os.path.join(os.path.dirname(find_spec("axe_playwright_python").origin), "axe.min.js")
    with open(axe, encoding="utf-8") as file:
        script = file.read()
    for dark in schemes:
        set_size(driver, 1400, dark)
        driver.execute_script(script)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = driver.execute_async_script(
            "const done = arguments[2]; axe.run({exclude: arguments[1]}, {runOnly: arguments[0], preload: false}).then(done, (error) => done(String(error)))",
            tags,
            list(without),
        )
        check(not isinstance(found, str), f"axe-core: {found}")
        for violation in [] if isinstance(found, str) else found["violations"]:
            nodes = [node["target"][0] for node in violation["nodes"]]
            text = f"{violation['id']} ({violation['impact']}): {violation['help']}: {len(nodes)}, {nodes[0]}"
            faults.append(f"axe, {'dark' if dark else 'light'}: {text}")
    set_size(driver, 1600)
    blocks = driver.find_elements(By.TAG_NAME, "pre")
    scroll = driver.execute_script("return arguments[0].map((b) => b.scrollWidth > b.clientWidth && b.tabIndex < 0)", blocks)
    check(not any(scroll), f"{sum(scroll)} blocks scroll and cannot be reached by keyboard")


def check_logs(driver, page):
    for entry in driver.get_log("browser"):
        faults.append(f"console: {entry['message']}")
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            here = url.split("#")[0].split("?")[0] == page
            check(here or url.startswith("data:"), f"a request left the file: {url}")


def main():
    page = "file://" + os.path.abspath(sys.argv[1])
    cells = int(sys.argv[2])
    screenshots = sys.argv[3] if len(sys.argv) > 3 else None
    driver = browser()
    try:
        set_size(driver, 1600)
        driver.get(page)
        check_filter(driver, cells)
        check_keys(driver)
        check_contents(driver)
        check_widths(driver, screenshots)
        check_printing(driver)
        check_address(driver, page, cells)
        check_accessibility(driver)
        # What a notebook says is shown; had it run, it would have left this mark.
        time.sleep(0.2)
        check(driver.execute_script("return window.hacked === undefined"), "a script from the notebook ran")
        check_logs(driver, page)
        print(driver.find_element(By.TAG_NAME, "body").text)
    finally:
        driver.quit()
    for fault in faults:
        print(f"FAULT {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
