"""Opens the page of `predict --html` in headless Chromium: what its script sees of pictures, and of a drawing by hand.

usage: draw_page.py PAGE DRAWN PICTURES..

A line of JSON for each picture: the 784 pixels (or null) and the probabilities. Then a digit is drawn with the mouse; the canvas
is written to DRAWN, and the last line has what the page shows of it, and every fault.
"""

import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../compare/tests"))

import browser
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

SEES = """
const [width, height, text] = arguments;
const pixels = seen({width, height, at: Uint8Array.from(atob(text), (c) => c.charCodeAt(0))});
return {pixels: pixels && Array.from(pixels), probabilities: pixels && probabilities(pixels)};
"""


def draw(driver):
    """Draws a seven as a hand would."""
    paper = driver.find_element(By.ID, "paper")
    actions = ActionChains(driver, duration=10).move_to_element_with_offset(paper, -60, -80).click_and_hold()
    for step in [(40, 0), (40, 0), (40, 2), (-20, 50), (-20, 50), (-18, 50)]:
        actions.move_by_offset(*step)
    actions.release().perform()


def main():
    page, drawn, *pictures = sys.argv[1:]
    driver = browser.browser()
    try:
        driver.get("file://" + os.path.abspath(page))
        for path in pictures:
            picture = Image.open(path).convert("L")
            text = base64.b64encode(picture.tobytes()).decode()
            print(json.dumps(driver.execute_script(SEES, *picture.size, text)))
        browser.set_size(driver, 1000)
        draw(driver)
        data = driver.execute_script("return document.getElementById('paper').toDataURL()")
        with open(drawn, "wb") as file:
            file.write(base64.b64decode(data.split(",")[1]))
        shown = [cell.text for cell in driver.find_elements(By.CSS_SELECTOR, ".probability")]
        answer = driver.find_element(By.ID, "answer").text
        for width in [1000, 400]:
            browser.set_size(driver, width)
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            browser.check(wide <= width, f"{wide} wide in a window of {width}")
        if len(sys.argv) > 3:
            driver.save_screenshot(drawn + ".screen.png")
        browser.check_accessibility(driver)
        driver.find_element(By.ID, "clear").click()
        browser.check(driver.find_element(By.ID, "answer").text == "", "an answer stays when the paper is cleared")
        browser.check_logs(driver, driver.current_url)
        print(json.dumps({"shown": shown, "answer": answer, "faults": browser.faults}))
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
